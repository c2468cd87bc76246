-- `circuit` is the quarantine alone from here on; what was accepted of a listing stands beside it.
alter table provider add column strikes bigint not null default 0;
alter table provider add column accepted {K} not null default '';
alter table provider add column last_audit bigint not null default 0;
alter table provider add column changes_since bigint not null default 0;
update provider set circuit = '', retry_at = 0;

-- Whose record could be somebody else's is found without reading everybody.
alter table identity add column questioned bigint not null default 0;
update identity set questioned = 1 where body like '%"ambiguous"%';
create index identity_questioned on identity (person) where questioned <> 0;

-- When the sources were read says whether a loss of scope is confirmed; counting is for nothing.
alter table desired drop column out_reads;

-- Under which configuration people were last looked at stands once, for all sources and providers.
alter table source drop column config_hash;

-- Records whose people are to be looked at again; 0 is everybody. Written with what changed them, so that a crash forgets nobody.
create table dirty (record bigint primary key) {CLUSTERED};

-- What people decided about people (DecisionRow): the emergency brake, whose account is not whose, which record is not whom.
create table decision (
  kind {K} not null, person {K} not null, scope {K} not null, subject {K} not null, since bigint not null, by_whom {K} not null,
  primary key (person, kind, scope, subject)) {CLUSTERED};

-- An invitation that stands for the account carries roles, and whether it was accepted is looked up.
alter table invitation add column roles {K} not null default '';
alter table invitation add column looked bigint not null default 0;
-- What SCIM clients pushed and have not deleted, whole; the record of the same number is what the engine sees of it, and the members of
-- a group stand in `member`. handle: the user name or group name, folded.
create table resource (
  record {NUMBER}, source {K} not null, kind bigint not null, id {K} not null, handle {K} not null, external_id {K} not null,
  display {K} not null, version bigint not null, created bigint not null, modified bigint not null, body {K} not null);
create unique index resource_id on resource (source, id);
create unique index resource_user_name on resource (source, handle) where kind = 0;
create index resource_page on resource (source, kind, record);
create index resource_group_name on resource (source, handle) where kind = 1;
create index resource_external_id on resource (source, kind, external_id) where external_id <> '';
create table resource_email (source {K} not null, email {K} not null, record bigint not null, primary key (source, email, record)) {CLUSTERED};
create index resource_email_record on resource_email (record);
create index hold_person on hold (person) where person <> '';

-- A pushed password on its way to a provider: sealed under [state] key, and gone once it is delivered.
create table sealed (
  record bigint not null, provider {K} not null, since bigint not null, body {K} not null, primary key (record, provider)) {CLUSTERED};

-- Bearer tokens of SCIM clients: only hashes. expires: 0 never. allow: networks with spaces between, empty for everywhere.
create table token (
  id {K} primary key, source {K} not null, hash {K} not null, created bigint not null, expires bigint not null, allow {K} not null,
  last_used bigint not null) {CLUSTERED};
