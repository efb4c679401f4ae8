"""Short closed lists of the trade: small enough to be typed in, stable enough to be code."""

from django.db.models import IntegerChoices, TextChoices


class Dataset(TextChoices):
    """What has editions: shipped ones, each in one file, and those that an administrator brings."""

    COMMUNES = "communes", "Communes et codes postaux"
    NAF = "naf", "Nomenclature d'activités française"
    IDCC = "idcc", "Conventions collectives"


class Origin(TextChoices):
    """Shipped with a release, or brought by somebody of this OPCO."""

    SHIPPED = "livree", "Livrée avec OpenOPCO"
    DEPOSITED = "deposee", "Déposée"


class EditionState(TextChoices):
    TO_COMPARE = "a_comparer", "À comparer"
    TO_VALIDATE = "a_valider", "À valider"
    VALIDATED = "validee", "Validée"
    IN_FORCE = "en_vigueur", "En vigueur"
    REPLACED = "remplacee", "Remplacée"
    DISCARDED = "ecartee", "Écartée"


# Not in force yet, nor given up.
PENDING = (EditionState.TO_COMPARE, EditionState.TO_VALIDATE, EditionState.VALIDATED)


class Zone(TextChoices):
    METRO = "metro", "Métropole"
    DROM = "drom", "Départements et régions d'outre-mer"
    COM = "com", "Collectivités d'outre-mer"


class Nomenclature(TextChoices):
    """Sirene turns from the one to the other in January 2027; both stay readable."""

    NAF_REV2 = "naf-rev2", "NAF rév. 2 (2008)"
    NAF_2025 = "naf-2025", "NAF 2025"


class HeadcountBand(TextChoices):
    """« Tranche d'effectif salarié » of the Sirene registry (Insee)."""

    NONE = "NN", "Unité non employeuse"
    ZERO = "00", "0 salarié"
    FROM_1 = "01", "1 ou 2 salariés"
    FROM_3 = "02", "3 à 5 salariés"
    FROM_6 = "03", "6 à 9 salariés"
    FROM_10 = "11", "10 à 19 salariés"
    FROM_20 = "12", "20 à 49 salariés"
    FROM_50 = "21", "50 à 99 salariés"
    FROM_100 = "22", "100 à 199 salariés"
    FROM_200 = "31", "200 à 249 salariés"
    FROM_250 = "32", "250 à 499 salariés"
    FROM_500 = "41", "500 à 999 salariés"
    FROM_1000 = "42", "1\u202f000 à 1\u202f999 salariés"
    FROM_2000 = "51", "2\u202f000 à 4\u202f999 salariés"
    FROM_5000 = "52", "5\u202f000 à 9\u202f999 salariés"
    FROM_10000 = "53", "10\u202f000 salariés et plus"


class Opco(TextChoices):
    """The eleven OPCOs approved by the State since 1 April 2019 (L. 6332-1-1)."""

    AFDAS = "afdas", "Afdas"
    AKTO = "akto", "AKTO"
    ATLAS = "atlas", "Opco Atlas"
    CONSTRUCTYS = "constructys", "Constructys"
    OPCOMMERCE = "opcommerce", "L'Opcommerce"
    OCAPIAT = "ocapiat", "OCAPIAT"
    OPCO_2I = "opco2i", "OPCO 2i"
    OPCO_EP = "opcoep", "Opco EP"
    MOBILITES = "mobilites", "OPCO Mobilités"
    SANTE = "sante", "OPCO Santé"
    UNIFORMATION = "uniformation", "Uniformation"


# What is asked about a trainee (AGORA's lists, L.6353-10 C. trav.), in everyday words: version 0 of this OPCO's lists.


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
