WITH
-- one row per learner and segment
segments AS (
  SELECT DISTINCT course_id, source, learner_id, segment
  FROM engagement_segments
)
SELECT
  CAST(enrolled.course_id AS VARCHAR) AS course_id,
  CAST(enrolled.source AS VARCHAR) AS source,
  CAST(enrolled.learner_id AS VARCHAR) AS learner_id,
  CAST(enrolled.mode AS VARCHAR) AS mode,
  CAST(enrolled.is_enrolled AS BOOLEAN) AS is_enrolled,
  CAST(enrolled.first_enrolled_at AS TIMESTAMP) AS enrolled_at,
  CAST(COALESCE(latest.problem_attempts, 0) AS BIGINT) AS problem_attempts,
  CAST(COALESCE(latest.problems_attempted, 0) AS BIGINT) AS problems_attempted,
  CAST(COALESCE(latest.problems_completed, 0) AS BIGINT) AS problems_completed,
  CAST(latest.attempts_per_completed AS DOUBLE) AS attempts_per_completed,
  CAST(COALESCE(latest.videos_viewed, 0) AS BIGINT) AS videos_viewed,
  CAST(COALESCE(latest.discussion_contributions, 0) AS BIGINT) AS discussion_contributions,
  CAST(COALESCE(latest.days_active, 0) AS BIGINT) AS days_active,
  CAST(latest.learner_id IS NULL AND earlier.learner_id IS NULL AS BOOLEAN) AS is_inactive,
  CAST(latest.learner_id IS NULL AND earlier.learner_id IS NOT NULL AS BOOLEAN) AS is_disengaging,
  CAST(engaged.learner_id IS NOT NULL AS BOOLEAN) AS is_highly_engaged,
  CAST(struggling.learner_id IS NOT NULL AS BOOLEAN) AS is_struggling
FROM enrolment_summary AS enrolled
LEFT JOIN engagement_recent AS latest
  ON enrolled.course_id = latest.course_id
  AND enrolled.source = latest.source
  AND enrolled.learner_id = latest.learner_id
  AND latest.weeks_ago = 0
LEFT JOIN engagement_recent AS earlier
  ON enrolled.course_id = earlier.course_id
  AND enrolled.source = earlier.source
  AND enrolled.learner_id = earlier.learner_id
  AND earlier.weeks_ago = 1
LEFT JOIN segments AS engaged
  ON enrolled.course_id = engaged.course_id
  AND enrolled.source = engaged.source
  AND enrolled.learner_id = engaged.learner_id
  AND engaged.segment = 'highly_engaged'
LEFT JOIN segments AS struggling
  ON enrolled.course_id = struggling.course_id
  AND enrolled.source = struggling.source
  AND enrolled.learner_id = struggling.learner_id
  AND struggling.segment = 'struggling'
