-- What learners did and what each event says about where they are: one row per event.
-- `says_where` is true for events that name a place; `unit_id` is null where that place is no unit we know.
WITH
-- one row per event: the kind and name of the place that it speaks of, and which unit of a subsection
clues AS (
  SELECT
    event_id,
    course_id,
    source,
    learner_id,
    day,
    happened_at,
    happened_us,
    action,
    referer_kind,
    CASE
      WHEN page_kind = 'thread' THEN 'forum'
      WHEN page_kind = 'unit' AND unit_ref IS NOT NULL THEN 'unit'
      WHEN page_kind = 'unit' AND subsection_ref IS NOT NULL THEN 'subsection'
      WHEN page_kind = 'unit' AND section_ref IS NOT NULL THEN 'section'
      WHEN action IN ('go_to', 'leave_next', 'leave_previous') AND subsection_ref IS NOT NULL THEN 'subsection'
      WHEN action IN ('go_next', 'go_previous') AND ABS(unit_position - unit_before) = 1 THEN 'subsection'
      WHEN object_id IS NOT NULL AND action IN ('play', 'pause', 'seek', 'stop') AND emitted_by = 'mobile' THEN 'video'
      WHEN object_id IS NOT NULL AND emitted_by = 'mobile' THEN 'other'
    END AS kind,
    CASE
      WHEN page_kind = 'unit' THEN COALESCE(unit_ref, subsection_ref, section_ref)
      WHEN action IN ('go_to', 'leave_next', 'leave_previous', 'go_next', 'go_previous') THEN subsection_ref
      ELSE object_id
    END AS name,
    CASE
      WHEN action = 'leave_next' AND unit_before < tab_count THEN unit_before + 1
      WHEN action = 'leave_previous' AND unit_before > 1 THEN unit_before - 1
      WHEN action NOT IN ('leave_next', 'leave_previous') OR action IS NULL THEN unit_position
    END AS position,
    CASE
      WHEN action = 'leave_next' AND NOT COALESCE(unit_before < tab_count, FALSE) THEN 'next'
      WHEN action = 'leave_previous' AND NOT COALESCE(unit_before > 1, FALSE) THEN 'previous'
      WHEN page_kind = 'unit' THEN 'page'
      ELSE 'unit'
    END AS leads_to
  FROM learner_events
),
-- one row per course whose structure was delivered
structured AS (
  SELECT DISTINCT course_id FROM course_blocks
),
-- one row per event, with the place of that name where the structure has one
matched AS (
  SELECT
    clues.event_id,
    clues.course_id,
    clues.source,
    clues.learner_id,
    clues.day,
    clues.happened_at,
    clues.happened_us,
    clues.action,
    clues.referer_kind,
    clues.kind,
    clues.name,
    clues.leads_to,
    structured.course_id IS NOT NULL AS has_structure,
    places.unit_id,
    places.subsection_id,
    places.unit_before_id,
    places.unit_after_id,
    CASE
      WHEN clues.leads_to = 'page' AND clues.kind = 'section' THEN 1
      WHEN clues.leads_to = 'page' AND clues.position > places.unit_count THEN 1
      WHEN clues.leads_to = 'page' AND clues.position >= 1 THEN clues.position
      WHEN clues.leads_to = 'page' THEN 1
      ELSE clues.position
    END AS position
  FROM clues
  LEFT JOIN structured
    ON clues.course_id = structured.course_id
  LEFT JOIN places
    ON clues.course_id = places.course_id
    AND clues.kind = places.kind
    AND clues.name = places.name
),
-- one row per unit, by its subsection and position in it
units AS (
  SELECT course_id, subsection_id, unit_number, MIN(unit_id) AS unit_id
  FROM course_blocks
  WHERE block_type = 'vertical' AND subsection_id IS NOT NULL
  GROUP BY course_id, subsection_id, unit_number
)
SELECT
  matched.event_id AS event_id,
  matched.course_id AS course_id,
  matched.source AS source,
  matched.learner_id AS learner_id,
  matched.day AS day,
  matched.happened_at AS happened_at,
  matched.happened_us AS happened_us,
  matched.action AS action,
  matched.referer_kind AS referer_kind,
  CASE
    WHEN matched.kind IN ('video', 'other') THEN matched.unit_id IS NOT NULL
    ELSE matched.kind IS NOT NULL
  END AS says_where,
  CASE
    WHEN matched.has_structure AND matched.leads_to = 'next' THEN matched.unit_after_id
    WHEN matched.has_structure AND matched.leads_to = 'previous' THEN matched.unit_before_id
    WHEN matched.has_structure THEN COALESCE(matched.unit_id, units.unit_id)
    WHEN matched.kind = 'unit' THEN matched.name
    WHEN matched.kind = 'subsection' AND matched.leads_to IN ('page', 'unit')
      THEN CASE
        WHEN matched.name LIKE '%@block@%' THEN SPLIT_PART(matched.name, '@block@', 2)
        WHEN matched.name LIKE 'i4x://%' THEN SPLIT_PART(matched.name, '/', 6)
        ELSE matched.name
      END || '/' || CAST(matched.position AS VARCHAR)
  END AS unit_id
FROM matched
LEFT JOIN units
  ON matched.course_id = units.course_id
  AND matched.subsection_id = units.subsection_id
  AND matched.position = units.unit_number
  AND matched.kind IN ('subsection', 'section')
