-- Accounts that are never counted as learners, whichever course they act in: one row per account.
-- Listed test accounts are found by the people export, and by what they did where the export lacks them.
SELECT
  CAST(people.source AS VARCHAR) AS source,
  CAST(people.learner_id AS VARCHAR) AS learner_id
FROM people
WHERE people.is_staff
UNION
SELECT
  CAST(people.source AS VARCHAR) AS source,
  CAST(people.learner_id AS VARCHAR) AS learner_id
FROM people
JOIN excluded_accounts
  ON people.source = excluded_accounts.source
  AND people.username = excluded_accounts.username
UNION
SELECT
  CAST(events.source AS VARCHAR) AS source,
  CAST(events.learner_id AS VARCHAR) AS learner_id
FROM events
JOIN excluded_accounts
  ON events.source = excluded_accounts.source
  AND events.username = excluded_accounts.username
WHERE events.learner_id = events.actor_id
