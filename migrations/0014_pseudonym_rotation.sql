-- The same id under two pseudonym keys: the pseudonym by which it was known first. Null for who has but one.
alter table warehouse.dim_person add column same_as uuid;
create index dim_person_same_as on warehouse.dim_person (same_as) where same_as is not null;
