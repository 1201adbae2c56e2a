WITH
-- one row per event, in the learner's own order within the course, with the gap until the next
in_order AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    happened_at,
    action,
    says_where,
    unit_id,
    ROW_NUMBER() OVER learner AS n,
    (LEAD(happened_us) OVER learner) - happened_us AS gap_us,
    LEAD(referer_kind) OVER learner AS next_came_from
  FROM located_events
  WINDOW learner AS (
    PARTITION BY course_id, source, learner_id
    ORDER BY happened_us, event_id
  )
),
-- one row per event: whether the session ends with it
ends AS (
  SELECT
    in_order.course_id,
    in_order.source,
    in_order.learner_id,
    in_order.day,
    in_order.happened_at,
    in_order.action,
    in_order.says_where,
    in_order.unit_id,
    in_order.n,
    in_order.gap_us,
    CASE
      WHEN in_order.gap_us IS NULL THEN TRUE
      WHEN in_order.gap_us > settings.session_gap_seconds * 1000000 THEN TRUE
      WHEN in_order.next_came_from = 'login' THEN in_order.gap_us > settings.login_gap_seconds * 1000000
      WHEN in_order.next_came_from = 'dashboard' THEN in_order.gap_us > settings.dashboard_gap_seconds * 1000000
      ELSE FALSE
    END AS ends_session
  FROM in_order
  CROSS JOIN settings
),
-- one row per event: how long it counts, how many sessions ended before it, how many places were named up to it
counted AS (
  SELECT
    ends.course_id,
    ends.source,
    ends.learner_id,
    ends.day,
    ends.happened_at,
    ends.says_where,
    ends.unit_id,
    CASE
      WHEN ends.ends_session AND ends.action = 'close_page' THEN 0
      WHEN ends.ends_session THEN settings.last_action_seconds * 1000000
      WHEN ends.gap_us > settings.outlier_gap_seconds * 1000000 THEN settings.outlier_worth_seconds * 1000000
      ELSE ends.gap_us
    END AS worth_us,
    COUNT(CASE WHEN ends.ends_session THEN 1 END) OVER (
      PARTITION BY ends.course_id, ends.source, ends.learner_id
      ORDER BY ends.n
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) + 1 AS session_number,
    COUNT(CASE WHEN ends.says_where THEN 1 END) OVER (
      PARTITION BY ends.course_id, ends.source, ends.learner_id
      ORDER BY ends.n
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS place_number
  FROM ends
  CROSS JOIN settings
),
-- one row per event that names a place, with the time until the next one that does in the same session;
-- what a session holds before its first place is left out
looks AS (
  SELECT
    course_id,
    source,
    learner_id,
    session_number,
    place_number,
    MAX(CASE WHEN says_where THEN unit_id END) AS unit_id,
    MIN(CASE WHEN says_where THEN happened_at END) AS started_at,
    MIN(CASE WHEN says_where THEN day END) AS day,
    SUM(worth_us) AS worth_us
  FROM counted
  GROUP BY course_id, source, learner_id, session_number, place_number
  HAVING COUNT(CASE WHEN says_where THEN 1 END) = 1
),
-- one row per look: whether the unit is another than at the look before
turns AS (
  SELECT
    course_id,
    source,
    learner_id,
    session_number,
    place_number,
    unit_id,
    started_at,
    day,
    worth_us,
    CASE
      WHEN COALESCE(unit_id, '') = LAG(COALESCE(unit_id, '')) OVER (
        PARTITION BY course_id, source, learner_id, session_number
        ORDER BY place_number
      ) THEN 0
      ELSE 1
    END AS is_other
  FROM looks
),
-- one row per look, with the number of its stay: looks at the same unit in a row are one stay
numbered AS (
  SELECT
    course_id,
    source,
    learner_id,
    session_number,
    unit_id,
    started_at,
    day,
    worth_us,
    SUM(is_other) OVER (
      PARTITION BY course_id, source, learner_id, session_number
      ORDER BY place_number
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS stay_number
  FROM turns
),
-- one row per stay in a unit
stays AS (
  SELECT
    course_id,
    source,
    learner_id,
    session_number,
    stay_number,
    unit_id,
    MIN(started_at) AS started_at,
    MIN(day) AS day,
    SUM(worth_us) AS worth_us
  FROM numbered
  WHERE unit_id IS NOT NULL
  GROUP BY course_id, source, learner_id, session_number, stay_number, unit_id
)
SELECT
  CAST(stays.course_id AS VARCHAR) AS course_id,
  CAST(stays.source AS VARCHAR) AS source,
  CAST(stays.learner_id AS VARCHAR) AS learner_id,
  CAST(stays.session_number AS BIGINT) AS session_number,
  CAST(stays.stay_number AS BIGINT) AS stay_number,
  CAST(stays.unit_id AS VARCHAR) AS unit_id,
  CAST(stays.day AS DATE) AS day,
  CAST(stays.started_at AS TIMESTAMP) AS started_at,
  CAST(stays.worth_us // 1000000 AS BIGINT) AS seconds
FROM stays
CROSS JOIN settings
WHERE stays.worth_us >= settings.shortest_stay_seconds * 1000000
