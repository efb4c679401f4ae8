"""The rules of EN 16931 in the words of who sends an invoice: what is wrong, and so what to mend. Codes are the standard's."""

import re
from typing import Final

_WHOLE: Final = {
    "BR-01": "La facture ne dit pas quel profil elle suit (BT-24).",
    "BR-02": "La facture n'a pas de numéro.",
    "BR-03": "La facture n'a pas de date.",
    "BR-04": "La facture ne dit pas si elle est une facture ou un avoir (BT-3).",
    "BR-05": "La facture n'indique pas sa devise.",
    "BR-06": "La facture n'indique pas le nom du vendeur.",
    "BR-07": "La facture n'indique pas le nom de l'acheteur.",
    "BR-08": "La facture n'indique pas l'adresse du vendeur.",
    "BR-09": "L'adresse du vendeur n'indique pas de pays.",
    "BR-10": "La facture n'indique pas l'adresse de l'acheteur.",
    "BR-11": "L'adresse de l'acheteur n'indique pas de pays.",
    "BR-12": "La facture n'indique pas le total de ses lignes.",
    "BR-13": "La facture n'indique pas de total hors taxe.",
    "BR-14": "La facture n'indique pas de total toutes taxes comprises.",
    "BR-15": "La facture n'indique pas de net à payer.",
    "BR-16": "La facture n'a aucune ligne.",
    "BR-17": "Le bénéficiaire du paiement n'est pas nommé.",
    "BR-21": "Une ligne de la facture n'a pas de numéro.",
    "BR-22": "Une ligne de la facture n'a pas de quantité.",
    "BR-23": "Une ligne de la facture n'a pas d'unité (heure, jour…).",
    "BR-24": "Une ligne de la facture n'a pas de montant.",
    "BR-25": "Une ligne de la facture n'a pas de désignation.",
    "BR-26": "Une ligne de la facture n'a pas de prix.",
    "BR-27": "Un prix est négatif : pour rendre une somme, établissez un avoir, ou mettez la quantité en négatif.",
    "BR-28": "Un prix brut est négatif.",
    "BR-29": "La période facturée finit avant de commencer.",
    "BR-30": "La période d'une ligne finit avant de commencer.",
    "BR-31": "Une remise n'a pas de montant.",
    "BR-32": "Une remise n'indique pas sa TVA.",
    "BR-33": "Une remise n'indique pas son motif.",
    "BR-36": "Un supplément n'a pas de montant.",
    "BR-37": "Un supplément n'indique pas sa TVA.",
    "BR-38": "Un supplément n'indique pas son motif.",
    "BR-41": "La remise d'une ligne n'a pas de montant.",
    "BR-42": "La remise d'une ligne n'indique pas son motif.",
    "BR-43": "Le supplément d'une ligne n'a pas de montant.",
    "BR-44": "Le supplément d'une ligne n'indique pas son motif.",
    "BR-45": "Une ligne de TVA n'indique pas sa base.",
    "BR-46": "Une ligne de TVA n'indique pas son montant.",
    "BR-47": "Une ligne de TVA n'indique pas sa catégorie.",
    "BR-48": "Une ligne de TVA n'indique pas son taux.",
    "BR-49": "Le moyen de paiement n'est pas indiqué.",
    "BR-50": "Le compte à créditer n'est pas indiqué : ajoutez l'IBAN.",
    "BR-51": "La facture porte un numéro de carte bancaire : retirez-le.",
    "BR-52": "Une pièce jointe n'a pas de référence.",
    "BR-53": "La TVA n'est pas donnée dans la devise de comptabilité annoncée.",
    "BR-54": "Une caractéristique n'a pas de nom ou pas de valeur.",
    "BR-55": "La facture corrigée n'a pas de numéro.",
    "BR-56": "Le représentant fiscal n'a pas de numéro de TVA.",
    "BR-57": "L'adresse de livraison n'indique pas de pays.",
    "BR-61": "Le paiement est un virement, et aucun compte n'est indiqué : ajoutez l'IBAN.",
    "BR-62": "L'adresse électronique du vendeur ne dit pas de quelle sorte elle est.",
    "BR-63": "L'adresse électronique de l'acheteur ne dit pas de quelle sorte elle est.",
    "BR-64": "Un numéro d'article ne dit pas de quelle sorte il est.",
    "BR-65": "Un classement d'article ne dit pas de quelle sorte il est.",
    "BR-CO-03": "La date d'exigibilité de la TVA est donnée de deux façons : gardez-en une.",
    "BR-CO-04": "Une ligne de la facture n'indique pas sa TVA.",
    "BR-CO-05": "Le motif d'une remise et son code ne disent pas la même chose.",
    "BR-CO-06": "Le motif d'un supplément et son code ne disent pas la même chose.",
    "BR-CO-07": "Le motif de la remise d'une ligne et son code ne disent pas la même chose.",
    "BR-CO-08": "Le motif du supplément d'une ligne et son code ne disent pas la même chose.",
    "BR-CO-09": "Un numéro de TVA ne commence pas par les deux lettres de son pays (FR pour la France).",
    "BR-CO-10": "Le total des lignes n'est pas la somme des lignes.",
    "BR-CO-11": "Le total des remises n'est pas la somme des remises.",
    "BR-CO-12": "Le total des suppléments n'est pas la somme des suppléments.",
    "BR-CO-13": "Le total hors taxe n'est pas le total des lignes, moins les remises, plus les suppléments.",
    "BR-CO-14": "Le total de la TVA n'est pas la somme de ses lignes.",
    "BR-CO-15": "Le total TTC n'est pas le total hors taxe plus la TVA.",
    "BR-CO-16": "Le net à payer n'est pas le total TTC moins ce qui est déjà payé.",
    "BR-CO-17": "Le montant d'une ligne de TVA n'est pas sa base multipliée par son taux.",
    "BR-CO-18": "La facture n'a pas de récapitulatif de TVA, même pour une exonération.",
    "BR-CO-19": "La période facturée n'a ni début ni fin.",
    "BR-CO-20": "La période d'une ligne n'a ni début ni fin.",
    "BR-CO-21": "Une remise n'indique pas son motif.",
    "BR-CO-22": "Un supplément n'indique pas son motif.",
    "BR-CO-23": "La remise d'une ligne n'indique pas son motif.",
    "BR-CO-24": "Le supplément d'une ligne n'indique pas son motif.",
    "BR-CO-25": "Il reste à payer, et ni échéance ni conditions de paiement ne sont indiquées.",
    "BR-CO-26": "Le vendeur n'a ni identifiant, ni SIREN, ni numéro de TVA.",
    "CII-SR-463": "Une remise ou un supplément ne dit pas lequel des deux il est.",
    "CII-SR-464": "La banque du compte à créditer est donnée plus d'une fois.",
    "CII-SR-465": "Le contact du vendeur est donné plus d'une fois.",
    "CII-SR-466": "Le contact de l'acheteur est donné plus d'une fois.",
    "CII-SR-467": "La facture annonce plusieurs moyens de paiement : gardez-en un.",
    "CII-SR-468": "La facture décrit plusieurs moyens de paiement : gardez-en un.",
    "CII-SR-469": "La référence du paiement est donnée plus d'une fois.",
    "CII-SR-470": "Le compte à créditer n'est pas indiqué : ajoutez l'IBAN.",
    "CII-SR-471": "Une remise ou un supplément n'indique pas sa TVA.",
    "CII-SR-472": "Une remise ou un supplément n'indique pas son taux de TVA.",
    "CII-SR-473": "Une remise ou un supplément a plus d'un montant.",
    "CII-SR-474": "Une ligne de la facture porte plus d'une référence d'objet.",
    "CII-SR-475": "Une pièce jointe a plus d'un nom.",
    "CII-SR-476": "Une pièce jointe a plus d'un contenu.",
}
# VAT categories, as the rules call them.
_CATEGORIES: Final = {
    "S": "au taux normal ou réduit",
    "Z": "au taux zéro",
    "E": "exonérée",
    "AE": "autoliquidée",
    "IC": "de livraison intracommunautaire",
    "G": "d'exportation",
    "O": "hors du champ de la TVA",
    "AF": "des Canaries",
    "AG": "de Ceuta et Melilla",
    "B": "reversée en Italie",
}
_OF_CATEGORY: Final = {
    "01": "la TVA {category} est sur une ligne et pas dans le récapitulatif, ou l'inverse.",
    "02": "une ligne {category} demande le numéro de TVA du vendeur.",
    "03": "une remise {category} demande le numéro de TVA du vendeur.",
    "04": "un supplément {category} demande le numéro de TVA du vendeur.",
    "05": "le taux d'une ligne {category} n'est pas celui de cette catégorie.",
    "06": "le taux d'une remise {category} n'est pas celui de cette catégorie.",
    "07": "le taux d'un supplément {category} n'est pas celui de cette catégorie.",
    "08": "la base de la TVA {category} n'est pas la somme de ce qu'elle concerne.",
    "09": "le montant de la TVA {category} n'est pas celui que donnent sa base et son taux.",
    "10": "la TVA {category} porte un motif d'exonération qui n'a pas lieu d'être, ou n'en porte pas alors qu'il en faut un.",
}
_FAMILIES: Final = (
    (r"BR-DEC-\d+", "Un montant a plus de deux décimales."),
    (r"BR-CL-\d+", "Un code n'est pas dans la liste que la norme permet."),
    (r"BR-FR-.*", "{text}"),
    (r"(?:CII|UBL)-.*", "La facture ne s'écrit pas ainsi dans ce format : {text}"),
)
_CATEGORY: Final = re.compile(r"BR-(S|Z|E|AE|IC|G|O|AF|AG|B)-(\d\d)")
_STRUCTURE: Final = (
    (r"Element '([^']*)' must occur exactly 1 times.*", "L'élément « {0} » doit figurer une fois, et une seule."),
    (r"Element '([^']*)' must occur at least 1 times.*", "L'élément « {0} » manque."),
    (r"Element '([^']*)' may occur at maximum 1 times.*", "L'élément « {0} » figure plus d'une fois."),
    (r"Element(?: variant)? '([^']*)' is marked as not used.*", "L'élément « {0} » n'est pas de ce profil."),
    (r"Attribute '?@?([^']*)' (?:is )?marked as not used.*", "L'attribut « {0} » n'est pas de ce profil."),
    (r"Attribute '@?([^']*)' is required.*", "L'attribut « {0} » manque."),
    (r"Value of '@?([^']*)' is not allowed.*", "La valeur de « {0} » n'est pas dans la liste que le format permet."),
)


def sentence_for(code: str, text: str) -> str:
    """What to tell of a broken rule; `text` is the standard's own, in English, kept where we have no words of ours."""
    return (
        _WHOLE.get(code)
        or _of_category(code)
        or _of_family(code, text)
        or _of_structure(text)
        or _as_it_comes(code, text)
    )


def _of_category(code: str) -> str:
    found = _CATEGORY.fullmatch(code)
    words = _OF_CATEGORY.get(found.group(2), "") if found else ""
    return f"TVA : {words.format(category=_CATEGORIES[found.group(1)])}" if found and words else ""


def _of_family(code: str, text: str) -> str:
    return next((words.format(text=text) for shape, words in _FAMILIES if re.fullmatch(shape, code)), "")


def _of_structure(text: str) -> str:
    for shape, words in _STRUCTURE:
        if found := re.fullmatch(shape, text):
            return words.format(*(part.removeprefix("ram:") for part in found.groups()))
    return ""


def _as_it_comes(code: str, text: str) -> str:
    return f"La facture ne suit pas la règle {code} de son format : {text}"
