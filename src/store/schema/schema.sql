-- The whole schema, for a fresh state: what migrate.01.sql up to the newest one make together (tests/unit/store/migration_test.cpp).
-- {K} is a text that is compared and ordered by code point, {SERIAL} a key that the database counts, {NUMBER} one that it is given,
-- {CLUSTERED} keeps the rows in order of their key where the backend can. Numbers and times (milliseconds since 1970, 0 is never) are
-- bigint, truth is 0 or 1, nothing is ever null. No statement holds a semicolon in a text.

create table migration (version bigint primary key, applied bigint not null);
create table meta (name {K} primary key, value {K} not null) {CLUSTERED};
create table lease (name {K} primary key, holder {K} not null, epoch bigint not null, expires bigint not null) {CLUSTERED};

create table source (
  name {K} primary key, last_read bigint not null, last_complete bigint not null,
  people bigint not null, group_count bigint not null, complete bigint not null, detail {K} not null,
  content_id {K} not null, accepted {K} not null) {CLUSTERED};

-- kind: 0 person, 1 group. missing: 1 absent, 2 gone, 4 emptied. Short columns first: `known` reads no body.
create table record (
  id {SERIAL}, source {K} not null, kind bigint not null, key {K} not null, key_hash {K} not null,
  content {K} not null, members_hash {K} not null, has bigint not null, key_ref {K} not null,
  locator {K} not null, dn_ref {K} not null, user_ref {K} not null, name {K} not null,
  member_count bigint not null, absent_since bigint not null, absent_reads bigint not null, absent_content {K} not null,
  gone bigint not null, emptied_since bigint not null, emptied_reads bigint not null, first_seen bigint not null,
  missing bigint not null, body {K} not null);
create unique index record_key on record (source, kind, key);
create index record_page on record (source, kind, id);
create index record_known on record (source, kind, key_hash, content, members_hash, has, id);
create index record_dn on record (dn_ref, source) where dn_ref <> '';
create index record_user on record (user_ref, source) where user_ref <> '';
create index record_key_ref on record (key_ref, source) where key_ref <> '';
create index record_missing on record (source, kind, missing) where missing <> 0;

create table member (grp bigint not null, ref {K} not null, raw {K} not null, source {K} not null, primary key (grp, ref)) {CLUSTERED};
create index member_ref on member (source, ref, grp);

-- presence: 0 present, 1 absent, 2 gone.
create table identity (
  person {K} primary key, hash {K} not null, presence bigint not null, active bigint not null, left_since bigint not null,
  user_name {K} not null, email {K} not null, name {K} not null, body {K} not null,
  questioned bigint not null default 0) {CLUSTERED};
create index identity_user_name on identity (user_name) where user_name <> '';
create index identity_email on identity (email) where email <> '';
create index identity_questioned on identity (person) where questioned <> 0;
create table identity_record (record bigint primary key, person {K} not null);
create index identity_record_person on identity_record (person, record);
create table join_key (name {K} not null, value {K} not null, record bigint not null, primary key (name, value, record)) {CLUSTERED};
create index join_key_record on join_key (record);

create table desired (
  provider {K} not null, person {K} not null, in_scope bigint not null, leaving {K} not null, hash {K} not null,
  name {K} not null, out_since bigint not null, due bigint not null, settled {K} not null default '',
  keys {K} not null default '', body {K} not null, primary key (provider, person)) {CLUSTERED};
create index desired_open on desired (provider, settled, person, in_scope) where settled = '';
create index desired_due on desired (provider, person, due) where due > 0;
create index desired_in_scope on desired (provider, in_scope);
create table desired_key (
  provider {K} not null, name {K} not null, value {K} not null, person {K} not null,
  primary key (provider, name, value, person)) {CLUSTERED};

-- keys of desired and account: what stands in the key tables for them, as one text, so that an equal set costs no look-up there.
-- link: 0 none, 1 made, 2 adopted, 3 isolated.
create table account (
  provider {K} not null, id {K} not null, person {K} not null, link bigint not null, hash {K} not null, id_hash {K} not null,
  status {K} not null, missing_runs bigint not null, suspended_by_us bigint not null, suspended_at bigint not null,
  status_before {K} not null, audited bigint not null, created_by_run {K} not null, written {K} not null,
  keys {K} not null default '', body {K} not null, primary key (provider, id)) {CLUSTERED};
create index account_person on account (provider, person, hash) where person <> '';
create index account_known on account (provider, id_hash, hash);
create index account_audited on account (provider, audited, id) where person <> '';
create index account_unlinked on account (provider, id) where person = '';
create table account_key (
  provider {K} not null, name {K} not null, value {K} not null, id {K} not null,
  primary key (provider, name, value, id)) {CLUSTERED};

create table provider (
  name {K} primary key, config_hash {K} not null, last_complete bigint not null, last_success bigint not null,
  accounts bigint not null, complete bigint not null, detail {K} not null, circuit {K} not null, retry_at bigint not null,
  strikes bigint not null default 0, accepted {K} not null default '', last_audit bigint not null default 0,
  changes_since bigint not null default 0) {CLUSTERED};

create table run (
  id {K} primary key, started bigint not null, finished bigint not null, mode {K} not null, plan_id {K} not null,
  result {K} not null, detail {K} not null) {CLUSTERED};
create index run_started on run (started, id);
create index run_plan on run (plan_id) where plan_id <> '';
create table action (
  id {SERIAL}, run {K} not null, plan_action {K} not null, provider {K} not null, person {K} not null, account {K} not null,
  kind {K} not null, changes {K} not null, reason {K} not null, precondition {K} not null, stated bigint not null,
  approved bigint not null, name {K} not null, outcome {K} not null, detail {K} not null, finished bigint not null);
create index action_run on action (run, id);
create index action_person on action (person, id);
create index action_window on action (provider, finished) where outcome in ('done', 'in-doubt');
create table journal (
  id {SERIAL}, action bigint not null, step {K} not null, attempt bigint not null, intent_at bigint not null,
  outcome_at bigint not null, outcome {K} not null, error_kind {K} not null, detail {K} not null);
create index journal_action on journal (action);
create index journal_in_doubt on journal (id) where outcome = '';

create table hold (
  id {K} primary key, provider {K} not null, source {K} not null, person {K} not null, kind {K} not null, name {K} not null,
  role {K} not null, reason {K} not null, content {K} not null, since bigint not null, until bigint not null,
  state {K} not null, by_whom {K} not null) {CLUSTERED};

-- One living invitation a person and provider, by the database.
create table invitation (
  seq {SERIAL}, id {K} not null unique, provider {K} not null, person {K} not null, account {K} not null, state {K} not null,
  email {K} not null, sent bigint not null, next_at bigint not null, expires bigint not null, reminders bigint not null,
  vendor_id {K} not null, detail {K} not null, roles {K} not null default '', looked bigint not null default 0);
create unique index invitation_living on invitation (provider, person) where state in ('pending', 'sent', 'in-doubt');
create index invitation_person on invitation (provider, person, seq);
create index invitation_state on invitation (provider, state);

-- Records whose people are to be looked at again; 0 is everybody. Written with what changed them, so that a crash forgets nobody.
create table dirty (record bigint primary key) {CLUSTERED};

-- What people decided about people (DecisionRow).
create table decision (
  kind {K} not null, person {K} not null, scope {K} not null, subject {K} not null, since bigint not null, by_whom {K} not null,
  primary key (person, kind, scope, subject)) {CLUSTERED};

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
