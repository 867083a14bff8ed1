-- Superset keeps its own charts and users beside the warehouse, not in it.
create database superset owner millrace;
