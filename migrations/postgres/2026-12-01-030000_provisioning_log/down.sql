DROP TABLE provisioning_log_bodies;
DROP TABLE provisioning_log;
