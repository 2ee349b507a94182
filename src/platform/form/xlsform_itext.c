#include "platform/form/xlsform.h"

#include "base/text.h"

/* ---- words with values in them ---- */

/* The end of a path that starts with instance(): where a blank stands outside its brackets. NULL when they do not match. */
static const char *path_end(const char *at)
{
    int depth = 0;
    for (; *at != '\0' && (depth > 0 || *at != ' '); at++)
        depth += *at == '[' || *at == '(' ? 1 : *at == ']' || *at == ')' ? -1 : 0;
    return depth == 0 ? at : NULL;
}

void xl_put_words(struct converter *c, struct markup *into, const char *text, const struct question *context,
                  enum table_kind kind, const struct sheet_row *row, enum column column)
{
    if (!xl_has_reference(text)) {
        markup_text(into, text);
        return;
    }
    /* As pyxform writes them: blanks around, but not in front of a value. */
    const char *at = arena_format(c->arena, text_starts(text, "${") ? "%s " : " %s ", text);
    for (;;) {
        const char *open = strstr(at, "${"), *close = open == NULL ? NULL : strchr(open, '}');
        if (close == NULL)
            break;
        const char *path = strstr(at, "instance("), *end = path == NULL || path > open ? NULL : path_end(path);
        if (end != NULL && end > close) {
            open = path;
            close = end - 1;
        }
        markup_text(into, arena_text_n(c->arena, at, (size_t)(open - at)));
        const char *reference = arena_text_n(c->arena, open, (size_t)(close + 1 - open));
        struct markup *output = markup_add(into, "output");
        markup_set(output, "value", xl_paths(c, reference, context, REFERENCE_PLAIN, kind, row, column));
        at = close + 1;
    }
    if (strcmp(at, " ") != 0 || into->first != into->last || into->first->name == NULL)
        markup_text(into, at);
}

/* ---- which words stand in the itext ---- */

static bool has(const struct question *question, enum column column)
{
    return question->words[column - WORDS_FIRST].in != NULL;
}

static bool translated(const struct question *question, enum column column)
{
    return has(question, column) && question->words[column - WORDS_FIRST].translated;
}

bool xl_in_itext(const struct converter *c, const struct question *question, enum column column)
{
    switch (column) {
    case COLUMN_LABEL:
    case COLUMN_IMAGE:
    case COLUMN_BIG_IMAGE:
    case COLUMN_AUDIO:
    case COLUMN_VIDEO:
        return translated(question, COLUMN_LABEL) || has(question, COLUMN_IMAGE) || has(question, COLUMN_BIG_IMAGE) ||
               has(question, COLUMN_AUDIO) || has(question, COLUMN_VIDEO);
    case COLUMN_HINT:
    case COLUMN_GUIDANCE: return translated(question, COLUMN_HINT) || has(question, COLUMN_GUIDANCE);
    default:
        return translated(question, column) ||
               (has(question, column) &&
                xl_has_reference(question->words[column - WORDS_FIRST].in[c->default_language]));
    }
}

/* ---- the itext ---- */

struct itext {
    struct converter *c;
    struct markup **translations; /* per language; NULL: nothing in it so far */
};

static const struct {
    enum column column;
    const char *form, *place;
} media[] = {{COLUMN_IMAGE, "image", "images"},
             {COLUMN_BIG_IMAGE, "big-image", "images"},
             {COLUMN_AUDIO, "audio", "audio"},
             {COLUMN_VIDEO, "video", "video"}};

/* One text of all its forms in one language. */
struct entry {
    const char *id;
    const struct wording *words; /* by column */
    enum column plain;           /* the column without a form */
    bool guidance, media;
    const struct question *context;
    enum table_kind kind;
    const struct sheet_row *row;
};

static struct markup *translation(struct itext *t, size_t language)
{
    if (t->translations[language] == NULL) {
        struct markup *made = markup_new(t->c->arena, "translation");
        markup_set(made, "lang", t->c->languages[language]);
        if (language == t->c->default_language)
            markup_set(made, "default", "true()");
        t->translations[language] = made;
    }
    return t->translations[language];
}

static const char *text_in(const struct entry *entry, enum column column, size_t language)
{
    const struct wording *words = &entry->words[column - WORDS_FIRST];
    return words->in == NULL ? "" : words->in[language];
}

static bool any_text(struct converter *c, const struct entry *entry, enum column column)
{
    for (size_t i = 0; i < c->language_count; i++)
        if (text_in(entry, column, i)[0] != '\0')
            return true;
    return false;
}

static void put_media(struct itext *t, const struct entry *entry, size_t language, struct markup *text)
{
    for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
        const char *file = text_in(entry, media[i].column, language);
        if (file[0] == '\0')
            continue;
        struct markup *value = markup_add(text, "value");
        markup_set(value, "form", media[i].form);
        const char *address = file;
        if (!text_starts(file, "jr://"))
            address = arena_format(t->c->arena, "jr://%s/%s", media[i].place, file);
        if (xl_has_reference(file))
            xl_put_words(t->c, value, address, entry->context, entry->kind, entry->row, media[i].column);
        else
            markup_text(value, address);
    }
}

static void put_entry(struct itext *t, const struct entry *entry, size_t language)
{
    struct converter *c = t->c;
    struct markup *text = markup_new(c->arena, "text");
    markup_set(text, "id", entry->id);
    const char *plain = text_in(entry, entry->plain, language);
    if (any_text(c, entry, entry->plain))
        xl_put_words(c, markup_add(text, "value"), plain[0] == '\0' ? "-" : plain, entry->context, entry->kind,
                     entry->row, entry->plain);
    if (entry->media)
        put_media(t, entry, language, text);
    const char *guidance = entry->guidance ? text_in(entry, COLUMN_GUIDANCE, language) : "";
    if (guidance[0] != '\0') {
        struct markup *value = markup_add(text, "value");
        markup_set(value, "form", "guidance");
        xl_put_words(c, value, guidance, entry->context, entry->kind, entry->row, COLUMN_GUIDANCE);
    }
    markup_put(translation(t, language), text);
}

/* Do headings name the form's own language? */
static bool own_language(const struct converter *c)
{
    for (enum table_kind kind = IN_SURVEY; kind <= IN_CHOICES; kind++)
        for (size_t i = 0; i < c->tables[kind].heading_count; i++)
            if (strcmp(c->tables[kind].headings[i].language, c->languages[c->default_language]) == 0)
                return true;
    return false;
}

static bool language_used(const struct itext *t, size_t language)
{
    const struct converter *c = t->c;
    if (language != c->default_language || own_language(c))
        return true;
    for (size_t i = 1; i < c->count; i++)
        for (size_t word = 0; word < WORDS_COUNT; word++) {
            const struct wording *words = &c->all[i]->words[word];
            if (words->in != NULL && words->in[c->default_language][0] != '\0' &&
                xl_in_itext(c, c->all[i], WORDS_FIRST + (enum column)word))
                return true;
        }
    for (const struct option_list *list = c->lists; list != NULL; list = list->next)
        for (size_t i = 0; list->itext && i < list->count; i++)
            for (size_t word = 0; word < WORDS_COUNT; word++)
                if (list->options[i].words[word].in != NULL &&
                    list->options[i].words[word].in[c->default_language][0] != '\0')
                    return true;
    return false;
}

static bool own_heading(const struct converter *c, size_t language, const struct entry *entry)
{
    for (size_t word = 0; word < WORDS_COUNT; word++)
        if (entry->words[word].in != NULL && entry->words[word].in[language][0] != '\0')
            return true;
    (void)c;
    return false;
}

static void put_all(struct itext *t, const struct entry *entry, const bool *used)
{
    bool any = false;
    for (size_t i = 0; i < t->c->language_count; i++)
        any = any || own_heading(t->c, i, entry);
    for (size_t i = 0; any && i < t->c->language_count; i++)
        if (used[i])
            put_entry(t, entry, i);
}

static void put_question(struct itext *t, const struct question *question, const bool *used)
{
    struct converter *c = t->c;
    static const struct {
        enum column column;
        const char *suffix;
    } messages[] = {{COLUMN_CONSTRAINT_MESSAGE, "jr:constraintMsg"},
                    {COLUMN_REQUIRED_MESSAGE, "jr:requiredMsg"},
                    {COLUMN_ERROR_MESSAGE, "jr:noAppErrorString"}};
    struct entry entry = {.words = question->words, .context = question, .kind = IN_SURVEY, .row = question->row};
    if (xl_in_itext(c, question, COLUMN_LABEL)) {
        entry.id = arena_format(c->arena, "%s:label", question->path);
        entry.plain = COLUMN_LABEL;
        entry.media = true;
        put_all(t, &entry, used);
    }
    entry.media = false;
    if (xl_in_itext(c, question, COLUMN_HINT)) {
        entry.id = arena_format(c->arena, "%s:hint", question->path);
        entry.plain = COLUMN_HINT;
        entry.guidance = true;
        put_all(t, &entry, used);
    }
    entry.guidance = false;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        if (xl_in_itext(c, question, messages[i].column)) {
            entry.id = arena_format(c->arena, "%s:%s", question->path, messages[i].suffix);
            entry.plain = messages[i].column;
            put_all(t, &entry, used);
        }
}

static void put_list(struct itext *t, const struct option_list *list, const bool *used)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct option *option = &list->options[i];
        struct entry entry = {.id = arena_format(t->c->arena, "%s-%zu", list->name, i),
                              .words = option->words,
                              .plain = COLUMN_LABEL,
                              .media = true,
                              .context = t->c->root,
                              .kind = IN_CHOICES,
                              .row = option->row};
        put_all(t, &entry, used);
    }
}

void xl_write_itext(struct converter *c, struct markup *model)
{
    struct itext t = {c, ARENA_ARRAY(c->arena, struct markup *, c->language_count)};
    bool *used = ARENA_ARRAY(c->scratch, bool, c->language_count);
    for (size_t i = 0; i < c->language_count; i++)
        used[i] = language_used(&t, i);
    for (const struct option_list *list = c->lists; list != NULL; list = list->next)
        if (list->itext)
            put_list(&t, list, used);
    for (size_t i = 1; i < c->count; i++)
        put_question(&t, c->all[i], used);
    struct markup *itext = NULL;
    for (size_t i = 0; i < c->language_count; i++)
        if (t.translations[i] != NULL) {
            if (itext == NULL)
                itext = markup_add(model, "itext");
            markup_put(itext, t.translations[i]);
        }
}
