DROP TABLE provisioning_activity;
