/* Answers as people read them: the form's own words instead of names and codes. */
#include "base/text.h"
#include "base/time.h"
#include "case/assess/views.h"
#include "case/file/file.h"

/* In the order of enum form_error. */
static const struct code_list ERRORS = CODES(form_error, "fine", "missing", "integer", "number", "date", "time",
                                             "choice", "allowed", "place", "text");

const char *assess_wrong(enum language language, const struct form_item *item)
{
    if (ERRORS.count != FORM_ERROR_COUNT)
        BUG("every error of an answer needs its words");
    if (item->error == FORM_FINE)
        return NULL;
    return text_empty(item->message) ? word_code(language, ERRORS.family, ERRORS.codes[item->error]) : item->message;
}

static const char *moment_words(struct arena *arena, enum language language, const char *value)
{
    const char *time = strchr(value, 'T');
    if (time == NULL)
        return value;
    const char *date = arena_text_n(arena, value, (size_t)(time - value));
    return arena_format(arena, "%s %.5s", date_in_words(arena, language, date), time + 1);
}

const char *assess_words(struct arena *arena, enum language language, struct form_fill *fill,
                         const struct form_item *item)
{
    const char *value = item->value;
    if (text_empty(value))
        return "";
    switch (item->node->type) {
    case FORM_DATE: return date_in_words(arena, language, value);
    case FORM_DECIMAL: return decimal_in_words(arena, language, value);
    case FORM_TIME: return arena_format(arena, "%.5s", value);
    case FORM_DATE_TIME: return moment_words(arena, language, value);
    case FORM_ACKNOWLEDGE: return word(language, W_assess_acknowledged);
    case FORM_GEOPOINT:
    case FORM_GEOTRACE:
    case FORM_GEOSHAPE: return assess_place_lines(arena, value);
    case FORM_IMAGE:
    case FORM_AUDIO:
    case FORM_VIDEO:
    case FORM_FILE: return file_words(arena, language, value);
    default: break;
    }
    const char *words = assess_file_words(arena, language, item);
    if (words == NULL)
        words = form_item_words(fill, item);
    return words == NULL ? "" : words;
}

/* A whole number is counted ("1. versija"), anything else is a name. */
const char *assess_version_words(struct arena *arena, enum language language, const char *version)
{
    int64_t number;
    if (text_empty(version))
        return "";
    return word_filled(arena, language, text_to_int(version, &number) ? W_assess_version : W_assess_version_named,
                       "number", version, NULL);
}

/* ---- all of them ---- */

struct listing {
    struct arena *arena;
    enum language language;
    struct form_fill *fill;
    unsigned what;
    struct answer_part *parts;
    size_t count;
    struct answer_line *lines; /* of all parts, one behind the other */
    size_t line_count;
    bool fresh; /* the next line begins a part without a title */
};

static bool is_container(const struct form_node *node)
{
    return node->type == FORM_GROUP || node->type == FORM_REPEAT;
}

/* A note that tells something which was worked out from the answers. */
static bool tells(const struct listing *listing, const struct form_item *item)
{
    const char *written = form_label(form_fill_form(listing->fill), item->node, 0);
    return (listing->what & ANSWERS_NOTES) != 0 && item->node->type == FORM_NOTE && strstr(written, "${") != NULL;
}

static bool is_told(const struct listing *listing, const struct form_item *item)
{
    enum form_type type = item->node->type;
    if (!item->relevant)
        return false;
    if (is_container(item->node)) {
        for (const struct form_item *child = item->first; child != NULL; child = child->next)
            if (is_told(listing, child))
                return true;
        return false;
    }
    bool faulty = (listing->what & ANSWERS_FAULTS) != 0 && (item->typed != NULL || item->error != FORM_FINE);
    bool asked = type > FORM_NOTE && type < FORM_CALCULATE;
    return (asked && (!text_empty(item->value) || faulty)) || tells(listing, item);
}

static const char *label_of(const struct listing *listing, const struct form_item *item)
{
    const char *label = form_item_label(listing->fill, item);
    return text_empty(label) ? item->node->name : label;
}

static void begin_part(struct listing *listing, const char *title, unsigned depth)
{
    listing->parts[listing->count++] = (struct answer_part){
        .title = title, .depth = depth, .lines = &listing->lines[listing->line_count]};
    listing->fresh = false;
}

static void add_line(struct listing *listing, const struct form_item *item, unsigned depth)
{
    struct answer_line *line = &listing->lines[listing->line_count];
    bool faults = (listing->what & ANSWERS_FAULTS) != 0;
    bool note = item->node->type == FORM_NOTE;
    if (listing->fresh)
        begin_part(listing, "", depth);
    *line = (struct answer_line){.item = item, .label = label_of(listing, item)};
    line->words = note ? ""
                  : faults && item->typed != NULL
                      ? item->typed
                      : assess_words(listing->arena, listing->language, listing->fill, item);
    line->wrong = faults ? assess_wrong(listing->language, item) : NULL;
    listing->line_count++;
    listing->parts[listing->count - 1].count++;
}

static void add_children(struct listing *listing, const struct form_item *parent, unsigned depth)
{
    for (const struct form_item *item = parent->first; item != NULL; item = item->next) {
        if (!is_told(listing, item))
            continue;
        const char *title = is_container(item->node) ? form_item_label(listing->fill, item) : "";
        if (!is_container(item->node))
            add_line(listing, item, depth);
        else if (item->number == 0 && text_empty(title))
            add_children(listing, item, depth);
        else {
            if (item->number > 0)
                title = arena_format(listing->arena, "%s %u", label_of(listing, item), item->number);
            begin_part(listing, title, depth + 1);
            add_children(listing, item, depth + 1);
            listing->fresh = true;
        }
    }
}

size_t assess_answers(struct arena *arena, enum language language, struct form_fill *fill, unsigned what,
                      const struct answer_part **out)
{
    size_t most = 0;
    for (const struct form_item *at = form_fill_root(fill); at != NULL; at = form_item_after(at))
        most++;
    struct listing listing = {.arena = arena,
                              .language = language,
                              .fill = fill,
                              .what = what,
                              .parts = ARENA_ARRAY(arena, struct answer_part, 2 * most),
                              .lines = ARENA_ARRAY(arena, struct answer_line, most),
                              .fresh = true};
    add_children(&listing, form_fill_root(fill), 0);
    *out = listing.parts;
    return listing.count;
}
