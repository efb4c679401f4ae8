"""Rows of the plumbing: jobs, numbering, the cache's table."""

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
