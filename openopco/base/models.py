"""Rows of the plumbing: jobs, long works, numbering, the cache's table."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class JobState(models.TextChoices):
    QUEUED = "queued", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminée"
    FAILED = "failed", "Abandonnée"


class Job(models.Model):
    """Work to do after the commit of the transaction that queued it, at least once. Holds ids, no personal data."""

    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=10)
    run_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="base_job_state_known"),
            models.CheckConstraint(condition=Q(attempts__lte=F("max_attempts")), name="base_job_attempts_bounded"),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="base_job_lease_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="base_job_finished_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(state="queued"), name="base_job_due"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="base_job_leased"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="base_job_over"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class WorkState(models.TextChoices):
    QUEUED = "queued", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    CANCELLED = "cancelled", "Arrêté"
    FAILED = "failed", "Interrompu"


OPEN_WORK_STATES = (WorkState.QUEUED, WorkState.RUNNING)


class Work(models.Model):
    """A long work that somebody asked for, done by the queue while its page shows how far it is. `args` is all that it needs
    to run, forgotten once it is over; `title` names it without personal data; `stopped_by` is the sentence that says why it
    did not go to its end. `result_name` is where its file is kept, until `expires_at`."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.QUEUED)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    stopped_by = models.CharField(max_length=300, blank=True, default="")
    result_name = models.CharField(max_length=120, blank=True, default="")
    result_filename = models.CharField(max_length=120, blank=True, default="")
    result_size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="base_work_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_WORK_STATES, finished_at__isnull=True, expires_at__isnull=True)
                | (~Q(state__in=OPEN_WORK_STATES) & Q(finished_at__isnull=False, expires_at__isnull=False)),
                name="base_work_finished_when_over",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=F("done") + F("left_out")), name="base_work_within_total"
            ),
            models.CheckConstraint(
                condition=Q(result_name="") | Q(state=WorkState.DONE), name="base_work_result_when_done"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[WorkState.FAILED, WorkState.CANCELLED]) | ~Q(stopped_by=""),
                name="base_work_stopped_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by_id", "-id"], name="base_work_of_person"),
            models.Index(fields=["id"], condition=Q(state__in=OPEN_WORK_STATES), name="base_work_open"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="base_work_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_WORK_STATES


class RowOutcome(models.TextChoices):
    WAITING = "waiting", "À faire"
    DONE = "done", "Fait"
    LEFT_OUT = "left_out", "Laissé de côté"


class WorkRow(models.Model):
    """One thing of a work: what it was when the work was asked (`version`), and what became of it. `label` is the reference
    that people know it by. Its outcome is written in the transaction of the act: done once, whoever dies."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="rows")
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=0)
    label = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=RowOutcome, default=RowOutcome.WAITING)
    said = models.CharField(max_length=400, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "subject_id"], name="base_work_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=RowOutcome.values), name="base_work_row_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=RowOutcome.WAITING, done_at__isnull=True)
                | (~Q(outcome=RowOutcome.WAITING) & Q(done_at__isnull=False)),
                name="base_work_row_done_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=RowOutcome.LEFT_OUT) | ~Q(said=""), name="base_work_row_left_out_with_why"
            ),
        ]
        indexes = [
            models.Index(fields=["work", "id"], condition=Q(outcome=RowOutcome.WAITING), name="base_work_row_waiting"),
            models.Index(fields=["work", "outcome", "id"], name="base_work_row_report"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.outcome}"


class Sequence(models.Model):
    """The last number given in a series that has no holes."""

    name = models.CharField(max_length=80, unique=True)
    last_value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last_value}"


class SweepTurn(models.Model):
    """When a sweep may next run, whichever worker comes first."""

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CacheRow(models.Model):
    """The table of Django's database cache, a model so that migrations make it and tests empty it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "base_cache"

    def __str__(self) -> str:
        return self.cache_key
