//! The other identity providers, replayed as far as it is documented what they send. The conversations are in folders of
//! their names in `tests/idp`.

use crate::conversation::conversations;

conversations! {
    onelogin_builds_users_from_templates: "onelogin/user-template.json",
    jumpcloud_activates_and_provisions: "jumpcloud/custom-app.json",
    ping_puts_users_and_reads_all_groups: "ping/connectors.json",
    cyberark_finds_what_it_requires: "cyberark/required-endpoints.json",
    keycloak_puts_and_patches: "keycloak/extension.json",
    authentik_links_and_patches_whole_groups: "authentik/provider.json",
    rauthy_looks_up_twice_and_reads_groups_of_users: "rauthy/client.json",
    google_workspace_asks_for_one_user: "google-workspace/probe.json",
    rippling_reads_what_is_supported: "rippling/probe.json",
}
