/* The lists that coded facts about a person choose from. */
#include "case/person/person.h"

const struct code_list PERSON_SEXES = CODES(sex, "female", "male", "other", "unknown", "not_asked", "declined",
                                            "not_applicable");

/* ISO 3166-1 alpha-2, and two that are not countries. */
const struct code_list PERSON_NATIONALITIES = CODES(
    nationality, "ad", "ae", "af", "ag", "al", "am", "ao", "ar", "at", "au", "az", "ba", "bb", "bd", "be", "bf", "bg",
    "bh", "bi", "bj", "bn", "bo", "br", "bs", "bt", "bw", "by", "bz", "ca", "cd", "cf", "cg", "ch", "ci", "cl", "cm",
    "cn", "co", "cr", "cu", "cv", "cy", "cz", "de", "dj", "dk", "dm", "do", "dz", "ec", "ee", "eg", "er", "es", "et",
    "fi", "fj", "fm", "fr", "ga", "gb", "gd", "ge", "gh", "gm", "gn", "gq", "gr", "gt", "gw", "gy", "hn", "hr", "ht",
    "hu", "id", "ie", "il", "in", "iq", "ir", "is", "it", "jm", "jo", "jp", "ke", "kg", "kh", "ki", "km", "kn", "kp",
    "kr", "kw", "kz", "la", "lb", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "ma", "mc", "md", "me", "mg",
    "mh", "mk", "ml", "mm", "mn", "mr", "mt", "mu", "mv", "mw", "mx", "my", "mz", "na", "ne", "ng", "ni", "nl", "no",
    "np", "nr", "nz", "om", "pa", "pe", "pg", "ph", "pk", "pl", "ps", "pt", "pw", "py", "qa", "ro", "rs", "ru", "rw",
    "sa", "sb", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sr", "ss", "st", "sv", "sy", "sz", "td",
    "tg", "th", "tj", "tl", "tm", "tn", "to", "tr", "tt", "tv", "tw", "tz", "ua", "ug", "us", "uy", "uz", "va", "vc",
    "ve", "vn", "vu", "ws", "xk", "ye", "za", "zm", "zw", "stateless", "non_citizen", "unknown", "not_asked",
    "declined", "not_applicable");

/* ISO 639-1, but for Romani (639-2) and the last ones. */
const struct code_list PERSON_LANGUAGES = CODES(
    speaks, "lv", "ru", "en", "uk", "lt", "et", "be", "pl", "ro", "bg", "hu", "sk", "cs", "de", "fr", "es", "it", "pt",
    "tr", "ka", "hy", "az", "kk", "uz", "tg", "ky", "tk", "fa", "ps", "ku", "ar", "hi", "pa", "ur", "bn", "si", "ta",
    "ne", "vi", "zh", "th", "so", "am", "ti", "sq", "sr", "rom", "sign", "other", "unknown", "not_asked", "declined",
    "not_applicable");

const struct code_list PERSON_ANSWERS = CODES(person_answer, "yes", "no", "unknown", "not_asked", "declined",
                                              "not_applicable");

const struct code_list PERSON_DOCUMENTS = CODES(documents, "passport", "id_card", "other_paper", "copy",
                                                "held_by_others", "no_documents", "unknown", "not_asked", "declined",
                                                "not_applicable");

const struct code_list PERSON_BIRTHS = CODES(birth_exact, "exact", "year", "guess", "unknown");
