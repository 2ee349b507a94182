#include "base/text.h"
#include "case/plan/templates.h"
#include "case/plan/views.h"

/* The plan on paper, for the child to read and keep: in the child's language, without the pseudonym unless it is wanted. */

static const struct field_rule PRINT_FIELDS[] = {
    {.name = "lang", .kind = FIELD_CODE, .codes = &PLAN_LANGUAGES},
    {.name = "number", .kind = FIELD_INT},
    {.name = "name", .kind = FIELD_YES},
    {0},
};

static struct plan *numbered(struct plan *plans, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (plans[i].number == number)
            return &plans[i];
    }
    return NULL;
}

static enum err print_show(struct req *r)
{
    struct plan *plans;
    struct colleague *people;
    size_t count;
    size_t people_count;
    int64_t number;
    enum language language;
    TRY(plan_versions(r, &plans, &count));
    if (count == 0 || r->failed)
        return ERR_NOT_FOUND;
    if (!field_int(r, "number", &number))
        number = plans[0].number;
    struct plan_print print = {.plan = numbered(plans, count, number)};
    if (print.plan == NULL)
        return ERR_NOT_FOUND;
    TRY(plan_open(r, print.plan));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    print.manager = colleague_name(people, people_count, case_of(r)->manager);
    print.name = field_yes(r, "name") ? case_of(r)->pseudonym : NULL;
    struct html *page = req_page(r);
    if (language_of(field_text(r, "lang"), &language) || language_of(print.plan->language, &language))
        page->language = language;
    html_plan_print(page, r, &print);
    return OK;
}

const struct route plan_print_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/plan/print",
     .cap = CAP_CASE_READ,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = PRINT_FIELDS,
     .show = print_show},
    {0},
};
