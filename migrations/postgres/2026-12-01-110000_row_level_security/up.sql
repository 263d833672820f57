-- Shows a transaction the rows of one organization. It says which one by set_config('wicketgate.org', ORG_ID, true), or
-- '*' for all of them; one that says nothing finds no rows and adds none. FORCE: the owner of the table is no exception.
--
-- What a transaction said is '' after it, not NULL. The settings are read once for each statement, not for each row.
CREATE FUNCTION wicketgate_isolate(isolated regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format(
        'CREATE POLICY one_org ON %s USING (org_id = '
            '(SELECT nullif(nullif(current_setting(''wicketgate.org'', true), ''''), ''*'')::uuid))',
        isolated
    );
    EXECUTE format(
        'CREATE POLICY every_org ON %s USING ((SELECT current_setting(''wicketgate.org'', true) = ''*''))',
        isolated
    );
END
$$;

-- Every table with org_id that there is by now. A later step calls the function for each table that it makes.
DO $$
DECLARE
    isolated regclass;
BEGIN
    FOR isolated IN
        SELECT c.oid FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        ORDER BY c.relname
    LOOP
        PERFORM wicketgate_isolate(isolated);
    END LOOP;
END
$$;
