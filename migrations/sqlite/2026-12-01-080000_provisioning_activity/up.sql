-- How much there was in the provisioning log in an hour, and how long it took: an organization at a glance without reading
-- its log. `hour` is counted from 1970; `within_10` counts the requests that took at most 10 ms, `within_50` those that
-- took longer but at most 50 ms, and so on. Rows do not refer to the organization, as those of the log.
CREATE TABLE provisioning_activity (
    org_id text NOT NULL,
    hour integer NOT NULL,
    changes integer NOT NULL,
    lookups integer NOT NULL,
    failures integer NOT NULL,
    within_10 integer NOT NULL,
    within_50 integer NOT NULL,
    within_250 integer NOT NULL,
    within_1000 integer NOT NULL,
    slower integer NOT NULL,
    PRIMARY KEY (org_id, hour)
) STRICT, WITHOUT ROWID;
