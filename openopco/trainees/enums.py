"""Codes of what is asked about a trainee (AGORA's list, L.6353-10 C. trav.), in everyday words."""

from django.db.models import IntegerChoices, TextChoices


class Sex(TextChoices):
    F = "F", "Femme"
    M = "M", "Homme"


class Csp(TextChoices):
    """Catégorie socioprofessionnelle."""

    OUVRIER_NON_QUALIFIE = "ONQ", "Ouvrier non qualifié"
    OUVRIER_QUALIFIE = "OQ", "Ouvrier qualifié"
    EMPLOYE = "EMP", "Employé"
    TECHNICIEN = "TAM", "Technicien, agent de maîtrise"
    CADRE = "CAD", "Ingénieur, cadre"
    DIRIGEANT = "DIR", "Dirigeant salarié"


class ContractType(TextChoices):
    CDI = "CDI", "CDI"
    CDD = "CDD", "CDD"
    INTERIM = "CTT", "Intérim"
    APPRENTISSAGE = "APP", "Contrat d'apprentissage"
    PROFESSIONNALISATION = "PRO", "Contrat de professionnalisation"
    INTERMITTENT = "INT", "Intermittent"
    SAISONNIER = "SAI", "Saisonnier"
    AIDE = "AID", "Contrat aidé"


class EducationLevel(IntegerChoices):
    """Levels of the national framework (décret 2019-14), each by the diploma people know."""

    NIVEAU_1 = 1, "Niveau 1 : sans diplôme"
    NIVEAU_2 = 2, "Niveau 2 : fin de collège, CFG"
    NIVEAU_3 = 3, "Niveau 3 : CAP, BEP"
    NIVEAU_4 = 4, "Niveau 4 : baccalauréat"
    NIVEAU_5 = 5, "Niveau 5 : BTS, DUT, bac + 2"
    NIVEAU_6 = 6, "Niveau 6 : licence, BUT, bac + 3 ou 4"
    NIVEAU_7 = 7, "Niveau 7 : master, ingénieur, bac + 5"
    NIVEAU_8 = 8, "Niveau 8 : doctorat, bac + 8"


class NirAbsentReason(TextChoices):
    """Why a trainee has no NIR. NOT_ASKED is for installations that may not collect it; nobody chooses it."""

    NOT_YET_ASSIGNED = "NOT_YET_ASSIGNED", "Numéro non encore attribué"
    TEMPORARY_NUMBER = "TEMPORARY_NUMBER", "Numéro provisoire seulement"
    POSTED_WORKER = "POSTED_WORKER", "Salarié détaché, sans numéro français"
    NOT_COMMUNICATED = "NOT_COMMUNICATED", "Le salarié ne l'a pas encore communiqué"
    NOT_ASKED = "NOT_ASKED", "Numéro non demandé par cet OPCO"
