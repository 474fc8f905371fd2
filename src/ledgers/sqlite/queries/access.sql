-- API keys, sessions, the audit, and calls that are remembered. Only the store writes them, in its transaction.

-- name: lastKey
select coalesce(max(key), 0) from api_keys

-- name: insertKey
insert into api_keys (key, lookup, digest, name, role, user_id, scopes, created_at_ms, created_by, expires_at_ms)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: key
select key, lookup, name, role, user_id, scopes, created_at_ms, created_by, expires_at_ms, revoked_at_ms, revoked_by,
  last_used_at_ms
from api_keys where key = ?

-- name: keyByLookup
select key, lookup, name, role, user_id, scopes, created_at_ms, created_by, expires_at_ms, revoked_at_ms, revoked_by,
  last_used_at_ms, digest
from api_keys where lookup = ?

-- name: keys
select key, lookup, name, role, user_id, scopes, created_at_ms, created_by, expires_at_ms, revoked_at_ms, revoked_by,
  last_used_at_ms
from api_keys where key < ? order by key desc limit ?

-- name: usableKey
select 1 from api_keys where revoked_at_ms is null and (expires_at_ms is null or expires_at_ms > ?) limit 1

-- name: revokeKey
update api_keys set revoked_at_ms = ?, revoked_by = ? where key = ? and revoked_at_ms is null

-- name: noteUse
update api_keys set last_used_at_ms = ?2 where key = ?1 and coalesce(last_used_at_ms, 0) < ?2

-- name: insertSession
insert into sessions (digest, key, created_at_ms, expires_at_ms) values (?, ?, ?, ?)

-- name: session
select key from sessions where digest = ? and expires_at_ms > ?

-- name: deleteSession
delete from sessions where digest = ?

-- name: deleteSessionsOf
delete from sessions where key = ?

-- name: deleteOldSessions
delete from sessions where digest in (select digest from sessions where expires_at_ms <= ? limit ?)

-- name: lastAudit
select coalesce(max(key), 0) from audit

-- name: insertAudit
insert into audit (key, actor, api_key, operation, target, outcome, request_id, address)
values (?, ?, ?, ?, ?, ?, ?, ?)

-- name: deleteOldAudit
delete from audit where key in (select key from audit where key < ? order by key limit ?)

-- name: step
select digest, reply from remembered_calls where scope = ? and call_key = ? and step = ? and at_ms > ?

-- The answer of a call (step '') sorts before the replies of its verbs.
-- name: call
select step, digest, reply from remembered_calls where scope = ? and call_key = ? and at_ms > ? order by step limit 1

-- One that is older than a call is remembered is written over.
-- name: keepStep
insert into remembered_calls (scope, call_key, step, digest, reply, at_ms) values (?, ?, ?, ?, ?, ?)
on conflict do update set digest = excluded.digest, reply = excluded.reply, at_ms = excluded.at_ms

-- name: dropSteps
delete from remembered_calls where scope = ? and call_key = ? and step <> ''

-- name: deleteOldCalls
delete from remembered_calls where (scope, call_key, step) in
  (select scope, call_key, step from remembered_calls where at_ms <= ? limit ?)
