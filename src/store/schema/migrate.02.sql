-- What people decided about people (DecisionRow): the emergency brake, whose account is not whose, which record is not whom.
create table decision (
  kind {K} not null, person {K} not null, scope {K} not null, subject {K} not null, since bigint not null, by_whom {K} not null,
  primary key (person, kind, scope, subject)) {CLUSTERED};
