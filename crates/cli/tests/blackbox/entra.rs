//! Microsoft Entra ID, replayed: its provisioning cycle, the lists of its SCIM validator and of its validation suite, and
//! other shapes that it has been seen to send. The conversations are in `tests/idp/entra`.

use crate::conversation::conversations;

conversations! {
    a_cycle_provisions_and_deprovisions: "entra/connection-and-cycle.json",
    the_validator_is_content: "entra/validator.json",
    the_validator_is_content_with_the_flag: "entra/validator-aadoptscim062020.json",
    the_validation_suite_passes: "entra/validation-suite.json",
    the_validation_suite_turns_pages: "entra/validation-suite-pagination.json",
    other_shapes_are_understood: "entra/other-shapes.json",
    the_reference_tests_pass: "entra/reference-tests.json",
    an_administrator_may_match_by_any_attribute: "entra/matching.json",
}
