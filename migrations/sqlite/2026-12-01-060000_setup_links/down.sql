DROP TABLE setup_link_owners;
DROP TABLE setup_links;
DROP TABLE setup_steps;
