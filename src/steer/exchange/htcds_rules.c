/* The fields of the Human Trafficking Case Data Standard 2.0 (IOM) that its spreadsheet has, and what becomes of each. */
#include "steer/exchange/internal.h"

#include "base/text.h"
#include "base/time.h"

#include <ctype.h>
#include <string.h>

static const struct htcds_value GENDERS[] = {{"Feminine", NULL},
                                             {"Masculine", NULL},
                                             {"TransgenderFeminine", NULL},
                                             {"TransgenderMasculine", NULL},
                                             {"NonConforming", NULL},
                                             {"NonSpecifiedUnknown", "Not Specified/Unknown"},
                                             {0}};
static const struct htcds_value VICTIM[] = {
    {"PossibleVictimOfTrafficking", NULL}, {"ActualVictimOfTrafficking", NULL}, {"NotAVictimOfTrafficking", NULL}, {0}};
static const struct htcds_value DECIDED_BY[] = {{"Police", NULL},
                                                {"NGO", NULL},
                                                {"CourtOrProsecution", NULL},
                                                {"NonPoliceGovernmentalOrganization", NULL},
                                                {"Other", NULL},
                                                {0}};
static const struct htcds_value RECRUITMENT[] = {{"AtAPlaceOfBusiness", NULL},
                                                 {"AtAnEducationalInstitution", NULL},
                                                 {"AtWork", NULL},
                                                 {"ThroughOnlineSocialNetworks", NULL},
                                                 {"ThroughAnOnlineAdvertisement", NULL},
                                                 {"ThroughATelevisionAdvert", NULL},
                                                 {"ThroughANewspaperAdvert", NULL},
                                                 {"ThroughFamilyOrFamilyEvents", NULL},
                                                 {"ThroughFriendsOrSocialEvents", NULL},
                                                 {"Other", NULL},
                                                 {0}};
static const struct htcds_value CONTROL[] = {{"PhysicalThreats", NULL},
                                             {"ThreatsLawEnforcement", "Threats of law enforcement"},
                                             {"ThreatensChildrenFamily", NULL},
                                             {"DebtBondage", NULL},
                                             {"FalsePromises", NULL},
                                             {"PhysicalAbuse", NULL},
                                             {"SexualAbuse", NULL},
                                             {"TakesEarnings", NULL},
                                             {"RestrictsFinancialAccess", NULL},
                                             {"RestrictsMedicalCare", NULL},
                                             {"WithholdsNecessities", NULL},
                                             {"PsychologicalAbuse", NULL},
                                             {"PsychoactiveSubstance", NULL},
                                             {"ExcessiveWorkingHours", NULL},
                                             {"WithholdsDocuments", NULL},
                                             {"Other", NULL},
                                             {0}};
static const struct htcds_value EXPLOITATION[] = {{"ForcedLabour", NULL},   {"SexualExploitation", NULL},
                                                  {"ChildLabour", NULL},    {"ForcedMarriage", NULL},
                                                  {"Servitude", NULL},      {"ForcedMilitaryByNonStateActors", NULL},
                                                  {"OrganRemoval", NULL},   {"ForcedBegging", NULL},
                                                  {"ForcedAdoption", NULL}, {"Surrogacy", NULL},
                                                  {"Other", NULL},          {0}};
static const struct htcds_value INDUSTRIES[] = {
    {"A_AgricultureForestryAndFishing", "Agriculture, forestry and fishing"},
    {"B_MiningAndQuarrying", "Mining and quarrying"},
    {"C_Manufacturing", "Manufacturing"},
    {"D_ElectricityGasSteamAndAirConditioningSupply", "Electricity, gas, steam and air conditioning supply"},
    {"E_WaterSupplySewerageWasteManagement", "Water supply; sewerage, waste management and remediation"},
    {"F_Construction", "Construction"},
    {"G_WholesaleAndRetailTradeRepairOfMotorVehicles",
     "Wholesale and retail trade; repair of motor vehicles and motorcycles"},
    {"H_TransportationAndStorage", "Transportation and storage"},
    {"I_AccommodationAndFoodServiceActivities", "Accommodation and food service activities"},
    {"J_InformationAndCommunication", "Information and communication"},
    {"K_FinancialAndInsuranceActivities", "Financial and insurance activities"},
    {"L_RealEstateActivities", "Real estate activities"},
    {"M_ProfessionalScientificAndTechnicalActivities", "Professional, scientific and technical activities"},
    {"N_AdministrativeAndSupportServiceActivities", "Administrative and support service activities"},
    {"O_PublicAdministrationAndDefence", "Public administration and defence; compulsory social security"},
    {"P_Education", "Education"},
    {"Q_HumanHealthAndSocialWorkActivities", "Human health and social work activities"},
    {"R_ArtsEntertainmentAndRecreation", "Arts, entertainment and recreation"},
    {"S_OtherServiceActivities", "Other service activities"},
    {"T_ActivitiesOfHouseholdsAsEmployers", "Activities of households as employers; undifferentiated goods- and "
                                            "services- producing activities of households for own use"},
    {"U_ActivitiesOfExtraterritorialOrganizations", "Activities of extraterritorial organizations and bodies"},
    {0}};
static const struct htcds_value SEX_EXPLOITATION[] = {{"Prostitution", NULL},
                                                      {"Pornography", NULL},
                                                      {"RemoteInteractiveServices", NULL},
                                                      {"PrivateSexualServices", NULL},
                                                      {0}};
static const struct htcds_value STATUSES[] = {
    {"Active", NULL}, {"FollowUp", NULL}, {"Closed", NULL}, {"ClosedReferred", NULL}, {0}};
static const struct htcds_value REASONS[] = {
    {"AdditionalServicesRequired", NULL}, {"MigrationOrChangeOfLocation", NULL}, {"Other", NULL}, {0}};

static const struct htcds_field FIELDS[] = {
    {"cas_CaseOwner", "Case Owner", HTCDS_SKIP, NULL},
    {"prs_Salutation", "Salutation", HTCDS_SKIP, NULL},
    {"prs_FirstName", "First Name", HTCDS_GIVEN, NULL},
    {"prs_MiddleName", "Middle Name", HTCDS_GIVEN, NULL},
    {"prs_SecondName", "Second Name", HTCDS_FAMILY, NULL},
    {"con_Consent", "Consent", HTCDS_YES, NULL},
    {"prs_Birthdate", "Birthdate", HTCDS_BIRTH, NULL},
    {"prs_Gender", "Gender", HTCDS_SEX, GENDERS},
    {"prs_Citizenship", "Citizenship", HTCDS_COUNTRY, NULL},
    {"prs_Title", "Title", HTCDS_SKIP, NULL},
    {"prs_Email", "Email", HTCDS_NOTE, NULL},
    {"prs_HomePhone", "Home Phone", HTCDS_PHONE, NULL},
    {"prs_MobilePhone", "Mobile Phone", HTCDS_PHONE, NULL},
    {"prs_MailingCity", "Mailing City", HTCDS_SKIP, NULL},
    {"prs_MailingCountry", "Mailing Country", HTCDS_SKIP, NULL},
    {"prs_MailingState", "Mailing State/Province", HTCDS_SKIP, NULL},
    {"prs_MailingStreet", "Mailing Street", HTCDS_SKIP, NULL},
    {"prs_MailingPostalCode", "Mailing Zip/Postal Code", HTCDS_SKIP, NULL},
    {"vic_TraffickingStatus", "Trafficking Status", HTCDS_FACT, VICTIM},
    {"vic_TraffickingStatusDecisionMakingOrg", "Trafficking Status Decision Making Organization", HTCDS_FACT,
     DECIDED_BY},
    {"vic_MethodOfRecruitment", "Method of Recruitment", HTCDS_FACT, RECRUITMENT},
    {"vic_LocationOfRecruitment", "Location of Recruitment", HTCDS_NOTE, NULL},
    {"vic_MethodsOfControl", "Methods of Control", HTCDS_FACT, CONTROL},
    {"vic_TypeOfExploitation", "Type of Exploitation", HTCDS_FACT, EXPLOITATION},
    {"vic_ForcedLabourIndustry", "Forced Labour Industry", HTCDS_FACT, INDUSTRIES},
    {"vic_TypeOfSexExploitation", "Type of Sex Exploitation", HTCDS_FACT, SEX_EXPLOITATION},
    {"vic_LocationOfExploitation", "Location of Exploitation", HTCDS_NOTE, NULL},
    {"cas_Status", "Status", HTCDS_STATUS, STATUSES},
    {"cas_ReferringOrganisation", "Referring Organisation", HTCDS_NOTE, NULL},
    {"cas_IncomingReferralDate", "Incoming Referral Date", HTCDS_OPENED, NULL},
    {"cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker", HTCDS_NOTE, NULL},
    {"cas_ReasonForIncomingReferral", "Reason for Incoming Referral", HTCDS_FACT, REASONS},
    {"cas_IncomingReferralDetails", "Incoming Referral Details", HTCDS_NOTE, NULL},
    {"cas_ReferredOrganisation", "Referred Organisation", HTCDS_NOTE, NULL},
    {"cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker", HTCDS_NOTE, NULL},
    {"cas_ReasonForOutgoingReferral", "Reason for Outgoing Referral", HTCDS_FACT, REASONS},
    {"cas_OutgoingReferralDate", "Outgoing Referral Date", HTCDS_LEFT, NULL},
    {"cas_OutgoingReferralDetails", "Outgoing Referral Details", HTCDS_NOTE, NULL},
    {"cas_ReasonForCaseClosure", "Reason for Case Closure", HTCDS_NOTE, NULL},
    {"vic_TraffickinStatusDecisionMakingOrg", "", HTCDS_FACT, DECIDED_BY}, /* as the published spreadsheet spells it */
};

/* Letters and digits in small letters: "Forced labour" and "ForcedLabour" are the same. */
static const char *plain(struct arena *arena, const char *text, size_t len)
{
    char *out = arena_alloc(arena, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (isalnum((unsigned char)text[i]))
            out[n++] = (char)tolower((unsigned char)text[i]);
    }
    return out;
}

const struct htcds_field *htcds_field_of(const char *key, const char *label)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (key != NULL ? text_same(FIELDS[i].key, key) : text_same(FIELDS[i].label, label))
            return &FIELDS[i];
    }
    return NULL;
}

static const char *value_n(const struct htcds_field *field, struct arena *arena, const char *text, size_t len)
{
    const char *wanted = plain(arena, text, len);
    for (const struct htcds_value *value = field->values; value->name != NULL; value++) {
        if (text_same(plain(arena, value->name, strlen(value->name)), wanted) ||
            (value->label != NULL && text_same(plain(arena, value->label, strlen(value->label)), wanted)))
            return value->name;
    }
    return NULL;
}

/* The name of the value that this text means; NULL: none. */
static const char *htcds_value_of(const struct htcds_field *field, struct arena *arena, const char *text)
{
    return value_n(field, arena, text, strlen(text));
}

/* ---- one cell ---- */

static const char *set_date(const char *text, const char *today, const char **out)
{
    if (!date_full(text))
        return "write the day as year-month-day, as in 2026-11-23";
    if (strcmp(text, today) > 0)
        return "lies in the future";
    *out = text;
    return NULL;
}

static const char *set_birth(const char *text, const char *today, struct person *person)
{
    if (!date_check(text))
        return "write the date of birth as 2011-05-30, 2011-05 or 2011";
    if (strncmp(text, today, strlen(text)) > 0 || strcmp(text, "1900") < 0)
        return "is no day on which somebody alive was born";
    person->birth = text;
    person->birth_exact = date_full(text) ? "exact" : "year";
    return NULL;
}

static const char *set_sex(struct arena *arena, const struct htcds_field *field, const char *text,
                           struct person *person)
{
    static const char *const sexes[][2] = {
        {"Feminine", "female"}, {"Masculine", "male"}, {"NonSpecifiedUnknown", "unknown"}};
    const char *value = htcds_value_of(field, arena, text);
    if (value == NULL)
        return "is none of the values that this field takes";
    person->sex = "other";
    for (size_t i = 0; i < sizeof sexes / sizeof *sexes; i++) {
        if (text_same(sexes[i][0], value))
            person->sex = sexes[i][1];
    }
    return NULL;
}

/* The first of several citizenships; the others stand in the note as they were written. */
static const char *set_country(struct arena *arena, const char *text, struct person *person)
{
    const char *code = plain(arena, text, strcspn(text, ";,"));
    for (size_t i = 0; i < PERSON_NATIONALITIES.count; i++) {
        if (strlen(code) == 2 && text_same(PERSON_NATIONALITIES.codes[i], code)) {
            person->nationality = PERSON_NATIONALITIES.codes[i];
            return NULL;
        }
    }
    return "give the country by its two letters (ISO 3166), as in LV";
}

static const char *append(struct arena *arena, const char *before, const char *between, const char *more)
{
    return text_empty(before) ? more : arena_format(arena, "%s%s%s", before, between, more);
}

static const char *set_phone(struct arena *arena, const char *text, struct person *person)
{
    size_t digits = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("0123456789+ -()/.", *c) == NULL)
            return "a phone number has digits, a plus in front, blanks and dashes";
        digits += *c >= '0' && *c <= '9';
    }
    if (digits < 5 || digits > 15)
        return "a phone number has 5 to 15 digits";
    person->phones = append(arena, person->phones, "\n", text);
    return NULL;
}

static bool fact_known(const struct htcds_case *out, const char *name, const char *value)
{
    for (size_t i = 0; i < out->fact_count; i++) {
        if (text_same(out->facts[i].name, name) && text_same(out->facts[i].value, value))
            return true;
    }
    return false;
}

static const char *add_fact(struct htcds_case *out, const char *name, const char *value)
{
    if (fact_known(out, name, value))
        return NULL;
    if (out->fact_count == HTCDS_FACTS_MAX)
        return "has too many values";
    out->facts[out->fact_count++] = (struct htcds_fact){name, value};
    return NULL;
}

static const char *add_facts(struct arena *arena, const struct htcds_field *field, const char *text,
                             struct htcds_case *out)
{
    const char *name = text_empty(field->label) ? "vic_TraffickingStatusDecisionMakingOrg" : field->key;
    for (;;) {
        size_t len = strcspn(text, ";\n");
        const char *value = value_n(field, arena, text, len);
        if (value == NULL)
            return "is none of the values that this field takes; several stand with a semicolon between";
        const char *refused = add_fact(out, name, value);
        if (refused != NULL || text[len] == '\0')
            return refused;
        text += len + 1;
    }
}

static const char *add_yes(struct arena *arena, const struct htcds_field *field, const char *text,
                           struct htcds_case *out)
{
    static const char *const yes[] = {"true", "yes", "1", "x"};
    static const char *const no[] = {"false", "no", "0"};
    const char *said = plain(arena, text, strlen(text));
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (text_same(said, yes[i]))
            return add_fact(out, field->key, "yes");
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (text_same(said, no[i]))
            return add_fact(out, field->key, "no");
    }
    return "write TRUE or FALSE, or leave it empty when it is not known";
}

static const char *add_note(struct arena *arena, const struct htcds_field *field, const char *text,
                            struct htcds_case *out)
{
    out->person.note = append(arena, out->person.note, "\n", arena_format(arena, "%s: %s", field->label, text));
    return text_length(out->person.note) > 8000 ? "is too long: the texts of a row may have 8,000 characters" : NULL;
}

static const char *set_status(struct arena *arena, const struct htcds_field *field, const char *text,
                              struct htcds_case *out)
{
    out->status = htcds_value_of(field, arena, text);
    return out->status == NULL ? "is none of the values that this field takes" : NULL;
}

/* Names as the page of a person takes them: on one line. */
static const char *set_name(struct arena *arena, const struct htcds_field *field, const char *text,
                            struct person *person)
{
    if (strpbrk(text, "\n\r\t") != NULL)
        return "has a line end or a tab, which no name has";
    const char **name = field->kind == HTCDS_GIVEN ? &person->given : &person->family;
    *name = field->kind == HTCDS_GIVEN ? append(arena, person->given, " ", text) : text;
    return text_length(*name) > 200 ? "is too long for a name" : NULL;
}

const char *htcds_cell(struct arena *arena, const struct htcds_field *field, const char *text, const char *today,
                       struct htcds_case *out)
{
    struct person *person = &out->person;
    if (!text_check(text, strlen(text)))
        return "has characters that no text may hold";
    out->cells += field->kind != HTCDS_SKIP;
    switch (field->kind) {
    case HTCDS_SKIP: return NULL;
    case HTCDS_GIVEN:
    case HTCDS_FAMILY: return set_name(arena, field, text, person);
    case HTCDS_BIRTH: return set_birth(text, today, person);
    case HTCDS_SEX: return set_sex(arena, field, text, person);
    case HTCDS_COUNTRY:
        if (text[strcspn(text, ";,")] != '\0') {
            const char *refused = add_note(arena, field, text, out);
            if (refused != NULL)
                return refused;
        }
        return set_country(arena, text, person);
    case HTCDS_PHONE: return set_phone(arena, text, person);
    case HTCDS_NOTE: return add_note(arena, field, text, out);
    case HTCDS_FACT: return add_facts(arena, field, text, out);
    case HTCDS_YES: return add_yes(arena, field, text, out);
    case HTCDS_STATUS: return set_status(arena, field, text, out);
    case HTCDS_OPENED: return set_date(text, today, &out->opened_on);
    case HTCDS_LEFT: return set_date(text, today, &out->left_on);
    }
    BUG("a field of no kind");
}
