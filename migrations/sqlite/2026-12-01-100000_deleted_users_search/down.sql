DROP INDEX users_deleted_display_name;
DROP INDEX users_deleted_user_name;
