-- Run once, by a superuser, in the database that Casement will use. The image of PostgreSQL does so
-- when its volume is empty. It can be run again, which also sets the password anew.
--
-- Casement logs in as `casement`, which is no superuser, owns nothing and cannot make roles. It is a
-- member of three roles, and each connection acts as the one of its purpose (SET ROLE):
--
--   casement_owner      makes schemas and tables, and owns them
--   casement_projector  writes the views of all organisations
--   casement_app        reads the views of the organisation that it names, and no other's (row-level
--                       security)
--
-- Only where schemas are made and replaced does it act as itself, with what the owner may do.
--
-- The password comes as the setting casement.password (PGOPTIONS, see compose.distributed.yaml), so
-- that it stands in no file.

DO $$
DECLARE
  password text := current_setting('casement.password', true);
  name text;
BEGIN
  IF coalesce(length(password), 0) < 16 THEN
    RAISE EXCEPTION 'Set casement.password to at least 16 characters.';
  END IF;
  FOREACH name IN ARRAY ARRAY['casement_owner', 'casement_projector', 'casement_app'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'casement') THEN
    CREATE ROLE casement LOGIN;
  END IF;
  EXECUTE format('ALTER ROLE casement PASSWORD %L', password);
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO casement', current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO casement_owner', current_database());
END
$$;

GRANT casement_owner, casement_projector, casement_app TO casement;
