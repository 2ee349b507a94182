#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

static const struct wording *words_of(const struct question *question, enum column column)
{
    return &question->words[column - WORDS_FIRST];
}

/* ---- label and hint ---- */

static void put_label(struct converter *c, const struct question *question, struct markup *into, bool always)
{
    const struct wording *label = words_of(question, COLUMN_LABEL);
    if (xl_in_itext(c, question, COLUMN_LABEL)) {
        markup_set(markup_add(into, "label"), "ref", arena_format(c->arena, "jr:itext('%s:label')", question->path));
    } else if (label->in != NULL) {
        xl_put_words(c, markup_add(into, "label"), label->in[c->default_language], question, IN_SURVEY, question->row,
                     COLUMN_LABEL);
    } else if (always) {
        (void)markup_add(into, "label");
    }
}

static void put_hint(struct converter *c, const struct question *question, struct markup *into)
{
    const struct wording *hint = words_of(question, COLUMN_HINT);
    if (xl_in_itext(c, question, COLUMN_HINT))
        markup_set(markup_add(into, "hint"), "ref", arena_format(c->arena, "jr:itext('%s:hint')", question->path));
    else if (hint->in != NULL)
        xl_put_words(c, markup_add(into, "hint"), hint->in[c->default_language], question, IN_SURVEY, question->row,
                     COLUMN_HINT);
}

/* ---- choices ---- */

static void put_inline(struct converter *c, const struct question *question, struct markup *control)
{
    const struct option_list *list = question->list;
    for (size_t i = 0; i < list->count; i++) {
        const struct option *option = &list->options[i];
        struct markup *item = markup_add(control, "item"), *label = markup_add(item, "label");
        if (list->itext)
            markup_set(label, "ref", arena_format(c->arena, "jr:itext('%s-%zu')", list->name, i));
        else if (option->words[0].in != NULL)
            markup_text(label, option->words[0].in[c->default_language]);
        markup_text(markup_add(item, "value"), option->name);
    }
}

static const char *randomized(struct converter *c, const struct question *question, const char *nodeset)
{
    const char *randomize = xl_pair(question->parameters, "randomize"), *seed = xl_pair(question->parameters, "seed");
    if (randomize == NULL || strcasecmp(randomize, "true") != 0)
        return nodeset;
    if (seed == NULL)
        return arena_format(c->arena, "randomize(%s)", nodeset);
    const char *path = xl_paths(c, seed, question, REFERENCE_PLAIN, IN_SURVEY, question->row, COLUMN_PARAMETERS);
    return arena_format(c->arena, "randomize(%s, %s)", nodeset, text_trim(c->arena, path));
}

static void put_itemset(struct converter *c, const struct question *question, struct markup *control,
                        const char *nodeset, const char *value, const char *label)
{
    struct markup *itemset = markup_add(control, "itemset");
    markup_set(itemset, "nodeset", randomized(c, question, nodeset));
    markup_set(markup_add(itemset, "value"), "ref", value);
    markup_set(markup_add(itemset, "label"), "ref", label);
}

static const char *filter_of(struct converter *c, const struct question *question)
{
    const char *filter = question->cells[COLUMN_CHOICE_FILTER];
    return filter[0] == '\0'
               ? ""
               : xl_paths(c, filter, question, REFERENCE_FILTER, IN_SURVEY, question->row, COLUMN_CHOICE_FILTER);
}

static const char *replaced(struct converter *c, const char *text, const char *what, const char *with)
{
    struct buf buf;
    buf_init(&buf, c->arena, strlen(text));
    for (const char *found = strstr(text, what); found != NULL; found = strstr(text, what)) {
        buf_add(&buf, text, (size_t)(found - text));
        buf_text(&buf, with);
        text = found + strlen(what);
    }
    buf_text(&buf, text);
    return buf.ptr;
}

/* Choices that people gave themselves in a repeat: "select_one ${name}". */
static void put_repeat_choices(struct converter *c, const struct question *question, struct markup *control,
                               const char *reference)
{
    enum form_problem_code why = FORM_PROBLEM_NONE;
    const char *name = xl_bare_reference(c->arena, reference);
    const struct question *target = name == NULL ? NULL : xl_find(c, name, strlen(name), &why);
    if (target == NULL) {
        xl_problem(c, FORM_REFERENCE_UNKNOWN, IN_SURVEY, question->row, COLUMN_TYPE, reference);
        return;
    }
    const char *nodeset = NULL, *value = NULL;
    if (target->act == ACT_REPEAT) {
        nodeset = target->path;
        value = "geometry";
    } else {
        const char *path = text_trim(
            c->arena, xl_paths(c, reference, question, REFERENCE_PARENT, IN_SURVEY, question->row, COLUMN_TYPE));
        const char *slash = strrchr(path, '/');
        nodeset = arena_text_n(c->arena, path, (size_t)(slash - path));
        value = slash + 1;
    }
    const char *filter = question->cells[COLUMN_CHOICE_FILTER];
    if (filter[0] == '\0') {
        nodeset = arena_format(c->arena, "%s[./%s != '']", nodeset, value);
    } else {
        const char *paths = xl_paths(c, filter, question, REFERENCE_PLAIN, IN_SURVEY, question->row,
                                     COLUMN_CHOICE_FILTER);
        const char *own = replaced(c, replaced(c, paths, arena_format(c->arena, "current()/%s", nodeset), "."), nodeset,
                                   ".");
        nodeset = arena_format(c->arena, "%s[%s]", nodeset, own);
    }
    put_itemset(c, question, control, nodeset, value, value);
}

static void put_choices(struct converter *c, const struct question *question, struct markup *control)
{
    const char *filter = filter_of(c, question), *list = question->list_name;
    const char *geometry = xl_pair(question->parameters, "reference-geometry");
    if (geometry != NULL)
        list = geometry;
    if (list == NULL || list[0] == '\0' || question->cells[COLUMN_QUERY][0] != '\0')
        return;
    if (strncmp(list, "${", 2) == 0) {
        put_repeat_choices(c, question, control, list);
        return;
    }
    if (question->search && question->list != NULL) {
        put_inline(c, question, control);
        return;
    }
    const char *value = "name", *label = "label";
    if (question->file != NULL) {
        const char *dot = strrchr(question->file, '.');
        bool geo = strcmp(dot, ".geojson") == 0;
        const char *own_value = xl_pair(question->parameters, "value"),
                   *own_label = xl_pair(question->parameters, "label");
        value = own_value != NULL ? own_value : geo ? "id" : "name";
        label = own_label != NULL ? own_label : geo ? "title" : "label";
        list = arena_text_n(c->arena, question->file, (size_t)(dot - question->file));
    } else if (question->list != NULL && question->list->itext) {
        label = "jr:itext(itextId)";
    }
    const char *nodeset = arena_format(c->arena, "instance('%s')/root/item", list);
    if (filter[0] != '\0')
        nodeset = arena_format(c->arena, "%s[%s]", nodeset, filter);
    put_itemset(c, question, control, nodeset, value, label);
}

static void put_tags(struct converter *c, const struct question *question, struct markup *control)
{
    for (size_t i = 0; question->list != NULL && i < question->list->count; i++) {
        const struct option *option = &question->list->options[i];
        struct markup *tag = markup_add(control, "tag");
        markup_set(tag, "key", option->name);
        if (option->words[0].in != NULL)
            markup_text(markup_add(tag, "label"), option->words[0].in[c->default_language]);
    }
    (void)c;
}

/* ---- attributes ---- */

static const char *expression(struct converter *c, const struct question *question, const char *text,
                              enum column column)
{
    return xl_paths(c, text, question, REFERENCE_PLAIN, IN_SURVEY, question->row, column);
}

static void body_attributes(struct converter *c, const struct question *question, struct markup *control)
{
    if (question->cells[COLUMN_APPEARANCE][0] != '\0')
        markup_set(control, "appearance",
                   expression(c, question, question->cells[COLUMN_APPEARANCE], COLUMN_APPEARANCE));
    for (const struct pair *pair = question->body; pair != NULL; pair = pair->next)
        if (xl_name_valid(pair->name) || strncmp(pair->name, "odk:", 4) == 0 || strncmp(pair->name, "orx:", 4) == 0 ||
            strncmp(pair->name, "jr:", 3) == 0)
            markup_set(control, pair->name, expression(c, question, pair->value, COLUMN_BODY));
}

static void range_attributes(const struct question *question, struct markup *control)
{
    static const char *const usual[][2] = {{"start", "1"}, {"end", "10"}, {"step", "1"}};
    for (size_t i = 0; i < 3; i++) {
        const char *value = xl_pair(question->parameters, usual[i][0]);
        markup_set(control, usual[i][0], value == NULL ? usual[i][1] : value);
    }
    if (xl_pair(question->parameters, "tick_interval") != NULL)
        markup_set(control, "odk:tick-interval", xl_pair(question->parameters, "tick_interval"));
    if (xl_pair(question->parameters, "placeholder") != NULL)
        markup_set(control, "odk:placeholder", xl_pair(question->parameters, "placeholder"));
}

static void camera_attributes(const struct question *question, struct markup *control)
{
    const char *app = xl_pair(question->parameters, "app"), *appearance = question->cells[COLUMN_APPEARANCE];
    if (app != NULL && (appearance[0] == '\0' || strcmp(appearance, "annotate") == 0))
        markup_set(control, "intent", app);
}

static void parameter_attributes(struct converter *c, const struct question *question, struct markup *control)
{
    static const char *const names[][3] = {{"geo", "capture-accuracy", "accuracyThreshold"},
                                           {"geo", "warning-accuracy", "unacceptableAccuracyThreshold"},
                                           {"geo", "incremental", "incremental"},
                                           {"text", "rows", "rows"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = xl_pair(question->parameters, names[i][1]);
        bool needless = strcmp(names[i][1], "incremental") == 0 && value != NULL && strcmp(value, "true") != 0;
        if (value != NULL && !needless && text_starts(question->type->name, names[i][0]))
            markup_set(control, names[i][2], value);
    }
    if (strcmp(question->type->name, "range") == 0)
        range_attributes(question, control);
    if (strcmp(question->type->name, "image") == 0)
        camera_attributes(question, control);
    if (question->type->media != NULL)
        markup_set(control, "mediatype", question->type->media);
    if (question->cells[COLUMN_QUERY][0] != '\0') {
        const char *filter = filter_of(c, question);
        const char *query = arena_format(c->arena, "instance('%s')/root/item", question->list_name);
        markup_set(control, "query", filter[0] == '\0' ? query : arena_format(c->arena, "%s[%s]", query, filter));
    }
}

/* ---- what happens when this question changes ---- */

static bool triggers(struct converter *c, const struct question *target, const struct question *question)
{
    const char *at = target->cells[COLUMN_TRIGGER];
    for (const char *open = strstr(at, "${"); open != NULL; open = strstr(open + 2, "${")) {
        const char *close = strchr(open, '}');
        if (close == NULL)
            return false;
        const char *name = text_trim(c->arena, arena_text_n(c->arena, open + 2, (size_t)(close - open - 2)));
        if (strcmp(name, question->name) == 0)
            return true;
    }
    return false;
}

static void put_triggered(struct converter *c, const struct question *question, struct markup *control)
{
    for (size_t i = 1; i < c->count; i++) {
        const struct question *target = c->all[i];
        if (target->act != ACT_QUESTION || target->cells[COLUMN_TRIGGER][0] == '\0' || !triggers(c, target, question))
            continue;
        bool place = strcmp(target->type->name, "background-geopoint") == 0;
        struct markup *action = markup_add(control, place ? "odk:setgeopoint" : "setvalue");
        markup_set(action, "event", "xforms-value-changed");
        markup_set(action, "ref", target->path);
        if (!place && target->cells[COLUMN_CALCULATION][0] != '\0')
            markup_set(action, "value", expression(c, target, target->cells[COLUMN_CALCULATION], COLUMN_CALCULATION));
    }
}

/* ---- controls ---- */

static void put_children(struct converter *c, const struct question *parent, struct markup *into);

static void put_control(struct converter *c, const struct question *question, struct markup *into)
{
    if (!xl_visible(question))
        return;
    struct markup *control = markup_add(into, question->type->control);
    markup_set(control, "ref", question->path);
    parameter_attributes(c, question, control);
    body_attributes(c, question, control);
    put_label(c, question, control, true);
    put_hint(c, question, control);
    if (strcmp(question->type->name, "osm") == 0)
        put_tags(c, question, control);
    else
        put_choices(c, question, control);
    put_triggered(c, question, control);
}

/* Defaults that are worked out anew for each instance of a repeat. */
static void put_repeat_defaults(struct converter *c, const struct question *parent, struct markup *repeat)
{
    for (const struct question *child = parent->first; child != NULL; child = child->next) {
        if (child->act == ACT_GROUP)
            put_repeat_defaults(c, child, repeat);
        if (child->act != ACT_QUESTION || !child->dynamic_default)
            continue;
        struct markup *action = markup_add(repeat, "setvalue");
        markup_set(action, "event", "odk-new-repeat");
        markup_set(action, "ref", child->path);
        markup_set(action, "value", expression(c, child, child->cells[COLUMN_DEFAULT], COLUMN_DEFAULT));
    }
    if (parent->entity != NULL && parent->entity->id[0] == '\0') {
        struct markup *action = markup_add(repeat, "setvalue");
        markup_set(action, "event", "odk-new-repeat");
        markup_set(action, "ref", arena_format(c->arena, "%s/meta/entity/@id", parent->path));
        markup_set(action, "value", "uuid()");
    }
}

static void put_repeat(struct converter *c, const struct question *question, struct markup *into)
{
    struct markup *group = markup_add(into, "group");
    markup_set(group, "ref", question->path);
    put_label(c, question, group, true);
    put_hint(c, question, group);
    struct markup *repeat = markup_add(group, "repeat");
    markup_set(repeat, "nodeset", question->path);
    if (question->count_path != NULL)
        markup_set(repeat, "jr:count", arena_format(c->arena, " %s ", question->count_path));
    body_attributes(c, question, repeat);
    put_children(c, question, repeat);
    put_repeat_defaults(c, question, repeat);
}

static void put_group(struct converter *c, const struct question *question, struct markup *into)
{
    struct markup *group = markup_add(into, "group");
    markup_set(group, "ref", question->path);
    body_attributes(c, question, group);
    put_label(c, question, group, false);
    put_hint(c, question, group);
    put_children(c, question, group);
}

static void put_children(struct converter *c, const struct question *parent, struct markup *into)
{
    for (const struct question *child = parent->first; child != NULL; child = child->next) {
        if (child->act == ACT_REPEAT)
            put_repeat(c, child, into);
        else if (child->act == ACT_GROUP)
            put_group(c, child, into);
        else
            put_control(c, child, into);
    }
}

void xl_write_body(struct converter *c, struct markup *body)
{
    const char *style = xl_setting(c, COLUMN_STYLE);
    if (style[0] != '\0')
        markup_set(body, "class", style);
    put_children(c, c->root, body);
}

/* ---- the whole ---- */

static void put_namespaces(struct converter *c, struct markup *html)
{
    static const char *const usual[][2] = {
        {"xmlns", "http://www.w3.org/2002/xforms"},        {"xmlns:h", "http://www.w3.org/1999/xhtml"},
        {"xmlns:ev", "http://www.w3.org/2001/xml-events"}, {"xmlns:xsd", "http://www.w3.org/2001/XMLSchema"},
        {"xmlns:jr", "http://openrosa.org/javarosa"},      {"xmlns:orx", "http://openrosa.org/xforms"},
        {"xmlns:odk", "http://www.opendatakit.org/xforms"}};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        markup_set(html, usual[i][0], usual[i][1]);
    if (c->uses_entities)
        markup_set(html, "xmlns:entities", "http://www.opendatakit.org/xforms/entities");
    if (c->uses_facts)
        markup_set(html, "xmlns:ausma", "urn:ausma:xforms");
    for (const char *at = xl_setting(c, COLUMN_NAMESPACES); *at != '\0'; at += strspn(at, " \t\n")) {
        size_t len = strcspn(at, " \t\n"), name = strcspn(at, "=");
        if (name < len && at[name + 1] == '"' && len > name + 2)
            markup_set(html, arena_format(c->arena, "xmlns:%.*s", (int)name, at),
                       arena_text_n(c->arena, at + name + 2, len - name - 3));
        at += len;
    }
}

void xl_write(struct converter *c)
{
    const char *title = xl_setting(c, COLUMN_FORM_TITLE), *form_id = xl_setting(c, COLUMN_FORM_ID),
               *id_string = xl_setting(c, COLUMN_ID_STRING);
    c->html = markup_new(c->arena, "h:html");
    struct markup *head = markup_add(c->html, "h:head");
    markup_text(markup_add(head, "h:title"), title[0] != '\0'       ? title
                                             : form_id[0] != '\0'   ? form_id
                                             : id_string[0] != '\0' ? id_string
                                                                    : "data");
    struct markup *model = markup_add(head, "model");
    markup_set(model, "odk:xforms-version", "1.0.0");
    if (c->uses_entities) {
        bool old = c->entity_count == 1 && c->root->entity != NULL;
        markup_set(model, "entities:entities-version", old ? "2024.1.0" : "2025.1.0");
    }
    struct markup *body = markup_new(c->arena, "h:body");
    xl_write_model(c, model, body);
    markup_put(c->html, body);
    put_namespaces(c, c->html);
}
