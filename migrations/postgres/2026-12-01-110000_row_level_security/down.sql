DO $$
DECLARE
    isolated regclass;
BEGIN
    FOR isolated IN SELECT polrelid FROM pg_policy WHERE polname = 'one_org' LOOP
        EXECUTE format('DROP POLICY one_org ON %s', isolated);
        EXECUTE format('DROP POLICY every_org ON %s', isolated);
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', isolated);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', isolated);
    END LOOP;
END
$$;
DROP FUNCTION wicketgate_isolate(regclass);
