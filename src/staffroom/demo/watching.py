"""Watching a video: playing, pausing, going back over a hard passage, giving up on a dull one."""

from __future__ import annotations

import random

from staffroom.demo.courses import Place, Video
from staffroom.demo.habits import Habits
from staffroom.demo.moving import Door
from staffroom.demo.pen import Pen
from staffroom.demo.visits import PHONE

NEW_NAMES = {
    "load_video": "edx.video.loaded",
    "play_video": "edx.video.played",
    "pause_video": "edx.video.paused",
    "seek_video": "edx.video.position.changed",
    "stop_video": "edx.video.stopped",
    "speed_change_video": "edx.video.speed.changed",
    "show_transcript": "edx.video.transcript.shown",
}


class Watching:
    """One learner in front of one video, from loading it to leaving it."""

    def __init__(self, pen: Pen, chance: random.Random, habits: Habits, door: Door, kind: str) -> None:
        self.pen, self.chance, self.habits, self.door, self.kind = pen, chance, habits, door, kind

    def watch(self, video: Video, place: Place) -> None:
        self.video, self.place = video, place
        self.code = "mobile" if self.kind == PHONE else video.code
        self._tell("load_video", "")
        self.pen.wait(self.chance.uniform(1, 8))
        self._settle()
        at = 0.0 if self.chance.random() < 0.93 else round(self.chance.uniform(0, video.duration * 0.6), 3)
        until = self._stays_until(at)
        self._play(at)
        at = self._through_the_hard_part(at, until)
        at = self._with_a_pause(at, until)
        self._run(at, until)
        self._leave(until)

    def _stays_until(self, at: float) -> float:
        """Where the learner stops: the end, or a point that comes sooner in a dull video."""
        keen = 0.25 + 0.75 * self.habits.diligence
        if self.chance.random() < self.video.interest * (0.6 + 0.4 * keen):
            return float(self.video.duration)
        rest = self.video.duration - at
        return round(at + rest * min(0.95, max(0.02, self.chance.betavariate(1.2, 2.0))), 3)

    def _settle(self) -> None:
        if self.habits.speed != 1.0 and self.kind != PHONE:
            self._tell("speed_change_video", f', "new_speed": "{self.habits.speed}", "old_speed": "1.0"')
        if self.chance.random() < 0.08:
            self._tell("show_transcript", ', "current_time": 0')

    def _through_the_hard_part(self, at: float, until: float) -> float:
        """Play to the end of the hard passage and back to its start, once or twice."""
        hard = self.video.hard
        while hard and at < hard[0] and hard[1] < until and self.chance.random() < 0.5:
            end = round(hard[1] + self.chance.uniform(-4, 4), 3)
            back = round(max(0.0, hard[0] + self.chance.uniform(-4, 3)), 3)
            self._run(at, end)
            self._seek(end, back)
            self._play(back)
            at = back
        return at

    def _with_a_pause(self, at: float, until: float) -> float:
        if until - at < 30 or self.chance.random() < 0.55:
            return at
        stop = round(self.chance.uniform(at + 5, until - 5), 3)
        self._run(at, stop)
        self._pause(stop)
        self.pen.wait(min(self.chance.expovariate(1 / 40), 1500))
        self._play(stop)
        return stop

    def _leave(self, at: float) -> None:
        if at >= self.video.duration:
            self._tell("stop_video", f', "currentTime": {self.video.duration}')
        elif self.chance.random() < 0.85:
            self._pause(at)
            return
        self._save(at)

    def _run(self, start: float, end: float) -> None:
        """Let the video play; it takes less time at a higher speed."""
        self.pen.wait(max(0.0, end - start) / self.habits.speed)

    def _play(self, at: float) -> None:
        self._tell("play_video", f', "currentTime": {at}')

    def _pause(self, at: float) -> None:
        self._tell("pause_video", f', "currentTime": {at}')
        self._save(at)

    def _seek(self, old: float, new: float) -> None:
        self._tell("seek_video", f', "old_time": {old}, "new_time": {new}, "type": "onSlideSeek"')

    def _tell(self, event_type: str, facts: str) -> None:
        """One event; browsers send the payload as text, phones as an object."""
        payload = f'{{"id": "{self._id()}", "code": "{self.code}", "duration": {self.video.duration}{facts}}}'
        if self.kind == PHONE:
            self.pen.mobile(event_type, payload, name=NEW_NAMES[event_type])
        else:
            self.pen.browser(event_type, payload, self.door.page(self.place))

    def _save(self, at: float) -> None:
        """The player stores its position: an implicit event that no metric uses, and the commonest of all."""
        if self.kind == PHONE:
            return
        seconds = int(at)
        position = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        path = self.pen.handler(in_path(self.video.key), "save_user_state")
        self.pen.request(path, {"saved_video_position": [position]}, self.door.page(self.place))

    def _id(self) -> str:
        """The id that the player tells: the last part of the usage key; of an old key all, dashed."""
        return dashed(self.video.key) if self.pen.course.legacy else self.video.short


def dashed(key: str) -> str:
    """An old usage key as pages write it in the names of their elements: ``i4x-Org-Course-video-…``."""
    return key.replace("://", "-").replace("/", "-")


def in_path(key: str) -> str:
    """A usage key as the LMS writes it in the paths of its handlers."""
    return key.replace("//", ";_;_").replace("/", ";_") if key.startswith("i4x:") else key
