WITH
-- one row per change, numbered in the order in which a learner's changes happened
numbered AS (
  SELECT
    course_id,
    source,
    learner_id,
    happened_at,
    change,
    mode,
    is_dated,
    ROW_NUMBER() OVER (
      PARTITION BY course_id, source, learner_id
      ORDER BY happened_at, change, mode
    ) AS n
  FROM enrolment_changes
),
-- one row per change: which activation and deactivation came last before it
after_others AS (
  SELECT
    course_id,
    source,
    learner_id,
    happened_at,
    change,
    mode,
    is_dated,
    n,
    COALESCE(MAX(CASE WHEN change = 'activated' THEN n END) OVER learner_before, 0) AS activated_before,
    COALESCE(MAX(CASE WHEN change = 'deactivated' THEN n END) OVER learner_before, 0) AS deactivated_before
  FROM numbered
  WINDOW learner_before AS (
    PARTITION BY course_id, source, learner_id
    ORDER BY n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
-- one row per change that had an effect: joining while out, leaving or changing the mode while in
effective AS (
  SELECT course_id, source, learner_id, happened_at, change, mode, is_dated, n
  FROM after_others
  WHERE (change = 'activated') = (activated_before <= deactivated_before)
),
-- one row per learner who ever joined: the changes that matter
milestones AS (
  SELECT
    course_id,
    source,
    learner_id,
    MIN(CASE WHEN change = 'activated' THEN n END) AS first_joined,
    MAX(n) AS last_change,
    MAX(CASE WHEN change <> 'deactivated' THEN n END) AS last_mode,
    MAX(CASE WHEN change = 'deactivated' AND is_dated THEN happened_at END) AS last_unenrolled_at,
    MIN(CASE WHEN change <> 'deactivated' AND mode = 'verified' THEN happened_at END) AS first_verified_at,
    MIN(CASE WHEN change <> 'deactivated' AND mode = 'credit' THEN happened_at END) AS first_credit_at
  FROM effective
  GROUP BY course_id, source, learner_id
)
SELECT
  CAST(milestones.course_id AS VARCHAR) AS course_id,
  CAST(milestones.source AS VARCHAR) AS source,
  CAST(milestones.learner_id AS VARCHAR) AS learner_id,
  CAST(last_mode.mode AS VARCHAR) AS mode,
  CAST(last_change.change <> 'deactivated' AS BOOLEAN) AS is_enrolled,
  CAST(first_joined.mode AS VARCHAR) AS first_mode,
  CAST(first_joined.happened_at AS TIMESTAMP) AS first_enrolled_at,
  CAST(milestones.last_unenrolled_at AS TIMESTAMP) AS last_unenrolled_at,
  CAST(milestones.first_verified_at AS TIMESTAMP) AS first_verified_at,
  CAST(milestones.first_credit_at AS TIMESTAMP) AS first_credit_at
FROM milestones
JOIN effective AS first_joined
  ON milestones.course_id = first_joined.course_id
  AND milestones.source = first_joined.source
  AND milestones.learner_id = first_joined.learner_id
  AND milestones.first_joined = first_joined.n
JOIN effective AS last_change
  ON milestones.course_id = last_change.course_id
  AND milestones.source = last_change.source
  AND milestones.learner_id = last_change.learner_id
  AND milestones.last_change = last_change.n
JOIN effective AS last_mode
  ON milestones.course_id = last_mode.course_id
  AND milestones.source = last_mode.source
  AND milestones.learner_id = last_mode.learner_id
  AND milestones.last_mode = last_mode.n
