-- What learners did and what each event says about where they are: one row per event.
-- `says_where` is true for events that name a place; `unit_id` is null where that place is no unit we know.
WITH
-- one row per event: what kind of place it speaks of, and whether it leads to a unit of a subsection or beyond;
-- the page of a browser's event is where the learner is, unless the event comes from a page that is being left
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
    unit_position,
    CASE
      WHEN action = 'view' AND page_kind = 'thread' THEN 'forum'
      WHEN action = 'view' AND page_kind = 'unit' AND unit_ref IS NOT NULL THEN 'unit'
      WHEN action = 'view' AND page_kind = 'unit' AND subsection_ref IS NOT NULL THEN 'subsection'
      WHEN action = 'view' AND page_kind = 'unit' AND section_ref IS NOT NULL THEN 'section'
      WHEN action IN ('go_next', 'go_previous', 'go_to', 'leave_next', 'leave_previous')
        THEN CASE WHEN subsection_ref IS NOT NULL THEN 'subsection' END
      WHEN emitted_by = 'browser' AND unit_ref IS NOT NULL
        AND COALESCE(action, '') NOT IN ('pause', 'stop', 'close_page')
        THEN 'unit'
      WHEN emitted_by = 'mobile' AND object_id IS NOT NULL AND action IN ('play', 'pause', 'seek', 'stop')
        THEN 'video'
      WHEN emitted_by = 'mobile' AND object_id IS NOT NULL THEN 'other'
    END AS kind,
    CASE
      WHEN action = 'leave_next' THEN 'next'
      WHEN action = 'leave_previous' THEN 'previous'
      WHEN action = 'view' THEN 'page'
      ELSE 'unit'
    END AS leads_to,
    section_ref,
    subsection_ref,
    unit_ref,
    object_id
  FROM learner_events
),
-- one row per event, with the name of its place
named AS (
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
    kind,
    leads_to,
    unit_position,
    CASE kind
      WHEN 'unit' THEN unit_ref
      WHEN 'subsection' THEN subsection_ref
      WHEN 'section' THEN section_ref
      WHEN 'video' THEN object_id
      WHEN 'other' THEN object_id
    END AS name
  FROM clues
),
-- one row per course whose structure was delivered
structured AS (
  SELECT DISTINCT source, course_id FROM course_blocks
),
-- one row per event, with the place of that name where the structure has one
matched AS (
  SELECT
    named.event_id,
    named.course_id,
    named.source,
    named.learner_id,
    named.day,
    named.happened_at,
    named.happened_us,
    named.action,
    named.referer_kind,
    named.kind,
    named.name,
    named.leads_to,
    structured.course_id IS NOT NULL AS has_structure,
    places.unit_id,
    places.subsection_id,
    places.unit_before_id,
    places.unit_after_id,
    CASE
      WHEN named.leads_to = 'page' AND named.kind = 'section' THEN 1
      WHEN named.leads_to = 'page' AND named.unit_position > places.unit_count THEN 1
      WHEN named.leads_to = 'page' THEN COALESCE(named.unit_position, 1)
      ELSE named.unit_position
    END AS position
  FROM named
  LEFT JOIN structured
    ON named.source = structured.source
    AND named.course_id = structured.course_id
  LEFT JOIN places
    ON named.source = places.source
    AND named.course_id = places.course_id
    AND named.kind = places.kind
    AND named.name = places.name
),
-- one row per unit, by its subsection and position in it
units AS (
  SELECT source, course_id, subsection_id, unit_number, MIN(unit_id) AS unit_id
  FROM course_blocks
  WHERE block_type = 'vertical' AND subsection_id IS NOT NULL
  GROUP BY source, course_id, subsection_id, unit_number
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
        WHEN matched.name LIKE '%+block@%' THEN SPLIT_PART(matched.name, '+block@', 2)
        WHEN matched.name LIKE 'i4x://%' THEN SPLIT_PART(matched.name, '/', 6)
        ELSE matched.name
      END || '/' || CAST(matched.position AS VARCHAR)
  END AS unit_id
FROM matched
LEFT JOIN units
  ON matched.source = units.source
  AND matched.course_id = units.course_id
  AND matched.subsection_id = units.subsection_id
  AND matched.position = units.unit_number
  AND matched.kind IN ('subsection', 'section')
