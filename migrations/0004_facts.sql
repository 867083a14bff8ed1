-- Every event, kept for questions nobody has asked yet. A monthly partition each, made when the first event of the
-- month is loaded. excluded_reason says why an event counts for no KPI (a bot's label, canary); null for people.
create table warehouse.fact_event (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  original_timestamp timestamptz,
  sent_at timestamptz,
  time_source text not null,
  source text not null,
  key_kind text not null,
  event text not null,
  person_id uuid,
  -- The device's pseudonym, also on events that carry a user.
  anonymous_id uuid,
  session_id text,
  country text not null,
  device_key text,
  excluded_reason text,
  properties jsonb not null,
  context jsonb not null,
  primary key (event_id, business_date)
) partition by range (business_date);
-- Block ranges cost a load next to nothing, and events come nearly in order of time.
create index fact_event_occurred_at on warehouse.fact_event using brin (occurred_at);

-- A canonical person was active on a day. The base of daily, weekly and monthly active users.
create table warehouse.fact_person_day (
  person_id uuid not null,
  business_date date not null,
  primary key (person_id, business_date)
);

-- By the client's session id (kind `id`), else by 30 minutes without activity of a visitor (kind `idle`). At most 24 h:
-- a longer one is split into parts. Belongs to the day it starts.
create table warehouse.fact_session (
  source text not null,
  kind text not null check (kind in ('id', 'idle')),
  -- The client's id, or the visitor's pseudonym.
  session_key text not null,
  -- id: 0, 1, … by days of 24 h from the start; idle: when the session was first seen, in epoch milliseconds.
  part bigint not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  business_date date not null,
  person_id uuid,
  events bigint not null,
  -- Of one part of several: when the first of them began.
  split_from timestamptz,
  duration_seconds double precision not null generated always as (extract(epoch from ended_at - started_at)) stored,
  primary key (source, kind, session_key, part)
);

create table warehouse.fact_sign_up (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  channel text not null,
  plan text,
  method text
);

create table warehouse.fact_login (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  method text
);

-- An accumulating snapshot: a row an order, folded from order_placed, order_completed and order_fulfilled in any order
-- of arrival. Counted on business_date, the day of its completion; null until it is completed.
create table warehouse.fact_order (
  source text not null,
  order_id text not null,
  placed_at timestamptz,
  completed_at timestamptz,
  completed_event_id uuid,
  business_date date,
  amount_minor bigint,
  currency text,
  coupon text,
  person_id uuid,
  country text,
  fulfilled_at timestamptz,
  fulfilled_date date,
  processing_seconds double precision generated always as (
    case when fulfilled_at < coalesce(placed_at, completed_at) then 0
      else extract(epoch from fulfilled_at - coalesce(placed_at, completed_at)) end
  ) stored,
  primary key (source, order_id)
);

create table warehouse.fact_order_line (
  source text not null,
  order_id text not null,
  line_number int not null,
  business_date date not null,
  sku text not null,
  quantity bigint not null,
  amount_minor bigint not null,
  currency text not null,
  primary key (source, order_id, line_number)
);

create table warehouse.fact_refund (
  source text not null,
  refund_id text not null,
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamptz not null,
  order_id text,
  amount_minor bigint not null,
  currency text not null,
  reason text,
  person_id uuid,
  country text not null,
  primary key (source, refund_id)
);

create table warehouse.fact_subscription (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  subscription_id text not null,
  change text not null check (change in ('started', 'renewed', 'cancelled')),
  plan text,
  amount_minor bigint,
  currency text,
  billing_interval text,
  reason text,
  person_id uuid,
  country text not null
);

-- A row a box, folded from its events in any order of arrival; of several events of one kind the latest counts.
create table warehouse.fact_box (
  source text not null,
  box_id text not null,
  subscription_id text,
  cycle text,
  created_at timestamptz,
  created_event_id uuid,
  packed_at timestamptz,
  packed_event_id uuid,
  packed_date date,
  shipped_at timestamptz,
  delivered_at timestamptz,
  skipped_at timestamptz,
  carrier text,
  skip_reason text,
  country text,
  -- Of the skus ordered; packed never exceeds ordered, sku by sku. 0 until box_created is known.
  items_ordered bigint not null default 0,
  items_packed bigint not null default 0,
  stage text generated always as (
    case
      when delivered_at is not null then 'delivered'
      when shipped_at is not null then 'shipped'
      when packed_at is not null then 'packed'
      when skipped_at is not null then 'skipped'
      when created_at is not null then 'created'
    end
  ) stored,
  primary key (source, box_id)
);

create table warehouse.fact_box_item (
  source text not null,
  box_id text not null,
  sku text not null,
  ordered bigint not null default 0,
  packed bigint not null default 0,
  primary key (source, box_id, sku)
);

create table warehouse.fact_feedback (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  kind text not null,
  score double precision not null,
  comment text,
  order_id text,
  box_id text
);

create table warehouse.fact_error (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  code text not null,
  message text,
  severity text
);

create table warehouse.fact_exposure (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  experiment_id text not null,
  variant_id text not null
);

create table warehouse.fact_web_vital (
  event_id uuid primary key,
  business_date date not null,
  occurred_at timestamptz not null,
  source text not null,
  person_id uuid,
  country text not null,
  name text not null,
  value double precision not null,
  rating text
);
