#include "platform/form/xform_read.h"

#include "base/text.h"

/* ---- languages and the itext ---- */

static int by_id(const void *a, const void *b)
{
    const struct xform_text *left = a, *right = b;
    return strcmp(left->id, right->id);
}

static void read_text(struct xform_reader *r, xmlNode *element, struct xform_text *out)
{
    const char *id = xform_attribute(r, element, "id");
    *out = (struct xform_text){.id = id == NULL ? "" : id};
    for (xmlNode *value = element->children; value != NULL; value = value->next) {
        const char *form = xform_is(value, "value") ? xform_attribute(r, value, "form") : "-";
        if (form == NULL || strcmp(form, "long") == 0)
            out->value = value;
        else if (strcmp(form, "guidance") == 0)
            out->guidance = value;
        else if (strcmp(form, "image") == 0)
            out->image = value;
    }
}

static void read_translation(struct xform_reader *r, const xmlNode *translation, struct xform_language *out)
{
    size_t count = 0;
    for (const xmlNode *text = translation->children; text != NULL; text = text->next)
        count += xform_is(text, "text");
    out->texts = ARENA_ARRAY(r->scratch, struct xform_text, count + 1);
    for (xmlNode *text = translation->children; text != NULL; text = text->next)
        if (xform_is(text, "text"))
            read_text(r, text, &out->texts[out->count++]);
    qsort(out->texts, out->count, sizeof *out->texts, by_id);
}

/* "Latvian (lv)" is called Latvian and has the code lv; a bare "lv" is both. */
static struct form_language language_named(struct arena *arena, const char *name)
{
    const char *open = strrchr(name, '('), *close = open == NULL ? NULL : strchr(open, ')');
    struct form_language language = {arena_text(arena, name), ""};
    if (strcmp(name, "default") == 0)
        return (struct form_language){"", ""};
    if (close != NULL) {
        language.name = text_trim(arena, arena_text_n(arena, name, (size_t)(open - name)));
        language.code = text_trim(arena, arena_text_n(arena, open + 1, (size_t)(close - open - 1)));
    } else if (strlen(name) == 2 || strlen(name) == 3) {
        language.code = language.name;
    }
    return language;
}

void xform_read_itext(struct xform_reader *r)
{
    struct form *form = r->form;
    const xmlNode *itext = xform_child(r->model, "itext");
    form->languages = ARENA_ARRAY(r->arena, struct form_language, FORM_LANGUAGES_MAX);
    r->itext = ARENA_ARRAY(r->scratch, struct xform_language, FORM_LANGUAGES_MAX);
    for (const xmlNode *at = itext == NULL ? NULL : itext->children; at != NULL; at = at->next) {
        if (!xform_is(at, "translation") || form->language_count == FORM_LANGUAGES_MAX)
            continue;
        const char *name = xform_attribute(r, at, "lang");
        if (xform_attribute(r, at, "default") != NULL)
            form->default_language = form->language_count;
        read_translation(r, at, &r->itext[form->language_count]);
        form->languages[form->language_count++] = language_named(r->arena, name == NULL ? "" : name);
    }
    if (form->language_count == 0)
        form->languages[form->language_count++] = (struct form_language){"", ""};
}

static const struct xform_text *find_text(const struct xform_reader *r, size_t language, const char *id)
{
    const struct xform_language *texts = &r->itext[language];
    struct xform_text key = {.id = id};
    return texts->count == 0 ? NULL : bsearch(&key, texts->texts, texts->count, sizeof key, by_id);
}

/* ---- words ---- */

struct pieces {
    struct form_piece *list;
    size_t count, room;
};

static void add_piece(struct xform_reader *r, struct pieces *pieces, struct form_piece piece)
{
    if (pieces->count == pieces->room) {
        pieces->room = pieces->room == 0 ? 4 : pieces->room * 2;
        struct form_piece *wider = ARENA_ARRAY(r->arena, struct form_piece, pieces->room);
        if (pieces->count > 0)
            memcpy(wider, pieces->list, pieces->count * sizeof *wider);
        pieces->list = wider;
    }
    pieces->list[pieces->count++] = piece;
}

/* How a value is shown where words are listed as they are written: ${name}. */
static void raw_value(struct buf *raw, const char *path)
{
    size_t len = strlen(path);
    while (len > 0 && path[len - 1] == ' ')
        len--;
    size_t start = len;
    while (start > 0 && path[start - 1] != '/' && path[start - 1] != ' ')
        start--;
    buf_format(raw, "${%.*s}", (int)(len - start), path + start);
}

/* A converter puts blanks around words with values in them. */
static const char *trimmed_text(struct xform_reader *r, const xmlNode *text)
{
    const char *content = (const char *)text->content;
    size_t len = strlen(content), start = 0;
    if (text->prev == NULL)
        start = strspn(content, " \t\r\n");
    if (text->next == NULL)
        while (len > start && strchr(" \t\r\n", content[len - 1]) != NULL)
            len--;
    return arena_text_n(r->arena, content + start, len - start);
}

static struct form_words words_of(struct xform_reader *r, const xmlNode *element, const struct form_node *node,
                                  enum xform_part part)
{
    struct pieces pieces = {0};
    struct buf raw;
    buf_init(&raw, r->arena, 32);
    for (const xmlNode *child = element->children; child != NULL; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            const char *text = trimmed_text(r, child);
            buf_text(&raw, text);
            if (text[0] != '\0')
                add_piece(r, &pieces, (struct form_piece){text, NULL});
        } else if (xform_is(child, "output")) {
            const char *value = xform_attribute(r, child, "value");
            if (value == NULL)
                value = xform_attribute(r, child, "ref");
            const struct xpath_expr *expr = xform_parse(r, value, node, part);
            if (expr != NULL)
                add_piece(r, &pieces, (struct form_piece){NULL, expr});
            raw_value(&raw, value == NULL ? "" : value);
        }
    }
    if (pieces.count == 1 && pieces.list[0].text != NULL && strcmp(pieces.list[0].text, "-") == 0)
        return (struct form_words){.raw = ""}; /* how a missing translation is written */
    return (struct form_words){raw.ptr, pieces.list, pieces.count};
}

/* The id inside "jr:itext('...')"; NULL when the text is something else. */
static const char *itext_id(struct xform_reader *r, const char *text)
{
    const char *open = text == NULL ? NULL : strstr(text, "jr:itext(");
    if (open == NULL)
        return NULL;
    open += 9 + strspn(open + 9, " ");
    const char *close = *open == '\'' || *open == '"' ? strchr(open + 1, *open) : NULL;
    return close == NULL ? NULL : arena_text_n(r->scratch, open + 1, (size_t)(close - open - 1));
}

static const struct form_words *words_by_id(struct xform_reader *r, const char *id, const struct form_node *node,
                                            enum xform_part part)
{
    size_t count = r->form->language_count;
    struct form_words *all = ARENA_ARRAY(r->arena, struct form_words, count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct xform_text *text = find_text(r, i, id);
        const xmlNode *value = text == NULL ? NULL : part == PARTS ? text->guidance : text->value;
        all[i] = value == NULL ? (struct form_words){.raw = ""} : words_of(r, value, node, part);
        any = any || all[i].raw[0] != '\0';
    }
    return any ? all : NULL;
}

static const struct form_words *same_in_all(struct xform_reader *r, struct form_words words)
{
    struct form_words *all = ARENA_ARRAY(r->arena, struct form_words, r->form->language_count);
    for (size_t i = 0; i < r->form->language_count; i++)
        all[i] = words;
    return words.raw[0] == '\0' ? NULL : all;
}

const struct form_words *xform_words(struct xform_reader *r, const xmlNode *element, const struct form_node *node,
                                     enum xform_part part)
{
    if (element == NULL)
        return NULL;
    const char *ref = xform_attribute(r, element, "ref"), *id = itext_id(r, ref);
    if (id != NULL)
        return words_by_id(r, id, node, part);
    if (part == PARTS)
        return NULL;
    if (ref != NULL) {
        const struct xpath_expr *expr = xform_parse(r, ref, node, part);
        struct form_piece *piece = ARENA_NEW(r->arena, struct form_piece);
        *piece = (struct form_piece){NULL, expr};
        return expr == NULL ? NULL : same_in_all(r, (struct form_words){arena_text(r->arena, ref), piece, 1});
    }
    return same_in_all(r, words_of(r, element, node, part));
}

const struct form_words *xform_message(struct xform_reader *r, const char *text, const struct form_node *node,
                                       enum xform_part part)
{
    const char *id = itext_id(r, text);
    if (id != NULL)
        return words_by_id(r, id, node, part);
    if (text == NULL)
        return NULL;
    struct form_piece *piece = ARENA_NEW(r->arena, struct form_piece);
    *piece = (struct form_piece){arena_text(r->arena, text), NULL};
    return same_in_all(r, (struct form_words){piece->text, piece, 1});
}

const char **xform_plain_words(struct xform_reader *r, const char *id)
{
    const char **texts = NULL;
    for (size_t i = 0; i < r->form->language_count; i++) {
        const struct xform_text *text = find_text(r, i, id);
        if (text == NULL || text->value == NULL)
            continue;
        const char *raw = words_of(r, text->value, NULL, PART_LABEL).raw;
        if (texts == NULL)
            texts = ARENA_ARRAY(r->arena, const char *, r->form->language_count);
        texts[i] = raw[0] == '\0' ? NULL : raw;
    }
    return texts;
}
