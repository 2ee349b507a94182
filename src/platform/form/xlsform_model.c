#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

/* ---- the instance people fill in ---- */

static const char *xl_default_file(struct converter *c, const struct question *question)
{
    const char *value = question->cells[COLUMN_DEFAULT];
    if (strcmp(question->type->name, "image") == 0 && value[0] != '\0' && strstr(value, "://") == NULL)
        return arena_format(c->arena, "jr://images/%s", value);
    return value;
}

static void put_entity(const struct entity *entity, struct markup *meta)
{
    struct markup *element = markup_add(meta, "entity");
    bool update = entity->update_if[0] != '\0' || entity->id[0] != '\0';
    bool create = entity->create_if[0] != '\0' || !update;
    markup_set(element, "dataset", entity->name);
    if (create)
        markup_set(element, "create", "1");
    if (update) {
        markup_set(element, "update", "1");
        markup_set(element, "baseVersion", "");
        markup_set(element, "trunkVersion", "");
        markup_set(element, "branchId", "");
    }
    markup_set(element, "id", "");
    if (entity->label[0] != '\0')
        (void)markup_add(element, "label");
}

static void put_questions(struct converter *c, const struct question *parent, struct markup *into, bool in_template);

static void put_repeat(struct converter *c, const struct question *repeat, struct markup *into, bool in_template)
{
    struct markup *element = markup_add(into, repeat->name);
    markup_set(element, "jr:template", "");
    put_questions(c, repeat, element, true);
    if (in_template && repeat->parent->act == ACT_REPEAT)
        return; /* the usual instance of an inner repeat comes with the usual instance of the outer one */
    element = markup_add(into, repeat->name);
    put_questions(c, repeat, element, false);
}

static void put_repeat_plain(struct converter *c, const struct question *repeat, struct markup *into)
{
    put_questions(c, repeat, markup_add(into, repeat->name), false);
}

static bool inside_repeat(const struct question *question)
{
    return xl_repeat_of(question) != NULL;
}

static void put_question(struct converter *c, const struct question *question, struct markup *into, bool in_template)
{
    if (question->act == ACT_EXTERNAL || question->meta)
        return;
    if (question->act == ACT_REPEAT && (in_template || !inside_repeat(question))) {
        put_repeat(c, question, into, in_template);
        return;
    }
    if (question->act == ACT_REPEAT) {
        put_repeat_plain(c, question, into);
        return;
    }
    struct markup *element = markup_add(into, question->name);
    for (const struct pair *pair = question->instance; pair != NULL; pair = pair->next)
        markup_set(element, pair->name, pair->value);
    if (question->act == ACT_GROUP)
        put_questions(c, question, element, in_template);
    else if (!question->dynamic_default)
        markup_text(element, xl_default_file(c, question));
}

static void put_questions(struct converter *c, const struct question *parent, struct markup *into, bool in_template)
{
    for (const struct question *child = parent->first; child != NULL; child = child->next)
        put_question(c, child, into, in_template);
    if (parent->entity != NULL && parent->parent != NULL)
        put_entity(parent->entity, markup_add(into, "meta"));
}

static void put_meta(struct converter *c, struct markup *root)
{
    bool omit = xl_truth(xl_setting(c, COLUMN_OMIT_INSTANCE_ID)) == 1;
    struct markup *meta = markup_add(root, "meta");
    for (size_t i = 1; i < c->count; i++)
        if (c->all[i]->meta)
            (void)markup_add(meta, c->all[i]->name);
    if (c->root->entity != NULL)
        put_entity(c->root->entity, meta);
    if (!omit)
        (void)markup_add(meta, "instanceID");
    if (xl_setting(c, COLUMN_INSTANCE_NAME)[0] != '\0')
        (void)markup_add(meta, "instanceName");
}

static void put_instance(struct converter *c, struct markup *model)
{
    static const struct {
        enum column column;
        const char *name;
    } attributes[] = {{COLUMN_VERSION, "version"},
                      {COLUMN_INSTANCE_XMLNS, "xmlns"},
                      {COLUMN_PREFIX, "odk:prefix"},
                      {COLUMN_DELIMITER, "odk:delimiter"}};
    const char *form_id = xl_setting(c, COLUMN_FORM_ID), *id_string = xl_setting(c, COLUMN_ID_STRING);
    struct markup *root = markup_add(markup_add(model, "instance"), c->root->name);
    markup_set(root, "id", form_id[0] != '\0' ? form_id : id_string[0] != '\0' ? id_string : "data");
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (xl_setting(c, attributes[i].column)[0] != '\0')
            markup_set(root, attributes[i].name, xl_setting(c, attributes[i].column));
    const struct table *settings = &c->tables[IN_SETTINGS];
    if (settings->row_count > 0)
        for (const struct pair *pair = xl_pairs(c, settings, settings->rows, COLUMN_ATTRIBUTE); pair != NULL;
             pair = pair->next)
            markup_set(root, pair->name, pair->value);
    put_questions(c, c->root, root, false);
    put_meta(c, root);
}

/* ---- secondary instances ---- */

void xl_note_instance(struct converter *c, const char *id, const char *source, const char *kind,
                      const struct sheet_row *row)
{
    for (struct instance *at = c->instances; at != NULL; at = at->next) {
        if (strcmp(at->id, id) != 0)
            continue;
        bool both_named = strcmp(at->kind, "external") == 0 && strcmp(kind, "external") == 0;
        if (both_named || strcmp(at->source, source) != 0)
            xl_problem(c, FORM_SOURCE_TWICE, IN_SURVEY, row, COLUMN_NAME, id);
        return;
    }
    struct instance *instance = ARENA_NEW(c->arena, struct instance);
    *instance = (struct instance){arena_text(c->arena, id), arena_text(c->arena, source), kind, NULL};
    if (c->last_instance == NULL)
        c->instances = instance;
    else
        c->last_instance->next = instance;
    c->last_instance = instance;
}

static const char *file_source(struct converter *c, const char *file)
{
    const char *dot = strrchr(file, '.');
    return arena_format(c->arena, "jr://file%s/%s", dot != NULL && strcmp(dot, ".csv") == 0 ? "-csv" : "", file);
}

/* pulldata('file', ...) names a file of its own. */
static void note_pulldata(struct converter *c, const struct question *question, const char *text)
{
    for (const char *at = strstr(text, "pulldata"); at != NULL; at = strstr(at + 1, "pulldata")) {
        const char *open = at + 8 + strspn(at + 8, " ");
        if (*open != '(')
            continue;
        open += 1 + strspn(open + 1, " ");
        const char *close = *open == '\'' || *open == '"' ? strchr(open + 1, *open) : NULL;
        if (close == NULL)
            continue;
        char *name = arena_text_n(c->arena, open + 1, (size_t)(close - open - 1));
        char *dot = strrchr(name, '.');
        if (dot != NULL && strcmp(dot, ".csv") == 0)
            *dot = '\0';
        xl_note_instance(c, name, arena_format(c->arena, "jr://file-csv/%s.csv", name), "pulldata", question->row);
    }
}

static void note_sources(struct converter *c, const struct question *question)
{
    static const enum column columns[] = {COLUMN_CALCULATION,  COLUMN_CONSTRAINT,   COLUMN_READ_ONLY,
                                          COLUMN_REQUIRED,     COLUMN_RELEVANT,     COLUMN_DEFAULT,
                                          COLUMN_REPEAT_COUNT, COLUMN_CHOICE_FILTER};
    if (question->act == ACT_EXTERNAL) {
        bool csv = strcmp(question->type->name, "csv-external") == 0;
        xl_note_instance(c, question->name,
                         csv ? arena_format(c->arena, "jr://file-csv/%s.csv", question->name)
                             : arena_format(c->arena, "jr://file/%s.xml", question->name),
                         "external", question->row);
    }
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        note_pulldata(c, question, question->cells[columns[i]]);
    if (question->file != NULL)
        xl_note_instance(
            c, arena_text_n(c->arena, question->file, strlen(question->file) - strlen(strrchr(question->file, '.'))),
            file_source(c, question->file), "file", question->row);
}

static void put_choice(struct converter *c, const struct option_list *list, size_t at, struct markup *root)
{
    const struct table *table = &c->tables[IN_CHOICES];
    const struct option *option = &list->options[at];
    struct markup *item = markup_add(root, "item");
    if (list->itext)
        markup_text(markup_add(item, "itextId"), arena_format(c->arena, "%s-%zu", list->name, at));
    markup_text(markup_add(item, "name"), option->name);
    if (!list->itext && option->words[0].in != NULL)
        markup_text(markup_add(item, "label"), option->words[0].in[c->default_language]);
    for (size_t i = 0; option->row != NULL && i < table->heading_count; i++) {
        const char *text = table->headings[i].column == COLUMN_OTHER ? sheet_text(option->row, table->headings[i].at)
                                                                     : NULL;
        if (text != NULL && xl_name_valid(table->headings[i].text))
            markup_text(markup_add(item, table->headings[i].text), text);
    }
}

static void put_secondary(struct converter *c, struct markup *model)
{
    for (size_t i = 1; i < c->count; i++)
        note_sources(c, c->all[i]);
    for (const struct option_list *list = c->lists; list != NULL; list = list->next)
        if (list->used_itemset)
            for (const struct instance *at = c->instances; at != NULL; at = at->next)
                if (strcmp(at->id, list->name) == 0)
                    xl_problem(c, FORM_SOURCE_TWICE, IN_CHOICES, list->options[0].row, COLUMN_LIST, list->name);
    for (const struct instance *at = c->instances; at != NULL; at = at->next) {
        struct markup *instance = markup_add(model, "instance");
        markup_set(instance, "id", at->id);
        markup_set(instance, "src", at->source);
    }
    for (const struct option_list *list = c->lists; list != NULL; list = list->next) {
        if (list->used_inline && !list->used_itemset)
            continue;
        struct markup *instance = markup_add(model, "instance");
        markup_set(instance, "id", list->name);
        struct markup *root = markup_add(instance, "root");
        for (size_t i = 0; i < list->count; i++)
            put_choice(c, list, i, root);
    }
}

/* ---- binds ---- */

static void bind_rule(struct converter *c, struct markup *bind, const struct question *question, enum column column,
                      const char *name)
{
    const char *text = question->cells[column];
    if (text[0] == '\0')
        return;
    int truth = xl_truth(text);
    markup_set(bind, name,
               truth >= 0 ? (truth == 1 ? "true()" : "false()")
                          : xl_paths(c, text, question, REFERENCE_PLAIN, IN_SURVEY, question->row, column));
}

static void bind_message(struct converter *c, struct markup *bind, const struct question *question, enum column column,
                         const char *name)
{
    const struct wording *words = &question->words[column - WORDS_FIRST];
    if (words->in == NULL)
        return;
    if (xl_in_itext(c, question, column))
        markup_set(bind, name, arena_format(c->arena, "jr:itext('%s:%s')", question->path, name));
    else
        markup_set(bind, name, words->in[c->default_language]);
}

static void bind_parameters(struct markup *bind, const struct question *question)
{
    static const char *const names[][3] = {{"image", "max-pixels", "orx:max-pixels"},
                                           {"audio", "quality", "odk:quality"},
                                           {"geo", "allow-mock-accuracy", "odk:allow-mock-accuracy"},
                                           {"audit", "location-priority", "odk:location-priority"},
                                           {"audit", "location-min-interval", "odk:location-min-interval"},
                                           {"audit", "location-max-age", "odk:location-max-age"},
                                           {"audit", "track-changes", "odk:track-changes"},
                                           {"audit", "track-changes-reasons", "odk:track-changes-reasons"},
                                           {"audit", "identify-user", "odk:identify-user"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = xl_pair(question->parameters, names[i][1]);
        if (value != NULL && text_starts(question->type->name, names[i][0]))
            markup_set(bind, names[i][2], value);
    }
}

static bool range_is_decimal(const struct question *question)
{
    for (const struct pair *pair = question->parameters; pair != NULL; pair = pair->next)
        if (strchr(pair->value, '.') != NULL &&
            (strcmp(pair->name, "start") == 0 || strcmp(pair->name, "end") == 0 || strcmp(pair->name, "step") == 0))
            return true;
    return false;
}

static const char *bind_type(const struct question *question)
{
    if (strcmp(question->type->name, "range") == 0 && range_is_decimal(question))
        return "decimal";
    return question->type->bind;
}

static void own_binds(struct converter *c, struct markup *bind, const struct question *question)
{
    for (const struct pair *pair = question->bind; pair != NULL; pair = pair->next)
        if (xl_name_valid(pair->name) || strchr(pair->name, ':') != NULL)
            markup_set(bind, pair->name,
                       xl_paths(c, pair->value, question, REFERENCE_PLAIN, IN_SURVEY, question->row, COLUMN_BIND));
}

static const char *property(const char *save_to)
{
    const char *hash = strchr(save_to, '#');
    return hash == NULL ? save_to : hash + 1;
}

static void put_bind(struct converter *c, struct markup *model, const struct question *question)
{
    struct markup *bind = markup_new(c->arena, "bind");
    bind_rule(c, bind, question, COLUMN_REQUIRED, "required");
    bind_rule(c, bind, question, COLUMN_RELEVANT, "relevant");
    bind_rule(c, bind, question, COLUMN_CONSTRAINT, "constraint");
    bind_rule(c, bind, question, COLUMN_READ_ONLY, "readonly");
    if (!question->is_trigger_target)
        bind_rule(c, bind, question, COLUMN_CALCULATION, "calculate");
    bind_message(c, bind, question, COLUMN_CONSTRAINT_MESSAGE, "jr:constraintMsg");
    bind_message(c, bind, question, COLUMN_REQUIRED_MESSAGE, "jr:requiredMsg");
    bind_message(c, bind, question, COLUMN_ERROR_MESSAGE, "jr:noAppErrorString");
    if (question->type->preload != NULL) {
        markup_set(bind, "jr:preload", question->type->preload);
        markup_set(bind, "jr:preloadParams", question->type->preload_params);
    }
    if (question->act == ACT_QUESTION && bind_type(question) != NULL)
        markup_set(bind, "type", bind_type(question));
    bind_parameters(bind, question);
    if (question->cells[COLUMN_SAVE_TO][0] != '\0')
        markup_set(bind, "entities:saveto", property(question->cells[COLUMN_SAVE_TO]));
    if (question->cells[COLUMN_FACT][0] != '\0')
        markup_set(bind, "ausma:fact", question->cells[COLUMN_FACT]);
    own_binds(c, bind, question);
    if (bind->attributes == NULL)
        return;
    markup_set(bind, "nodeset", question->path);
    markup_put(model, bind);
}

static void put_action(struct converter *c, struct markup *model, const struct question *question)
{
    if (question->dynamic_default && question->act == ACT_QUESTION) {
        struct markup *action = markup_add(model, "setvalue");
        markup_set(action, "event", "odk-instance-first-load");
        markup_set(action, "ref", question->path);
        markup_set(action, "value",
                   xl_paths(c, question->cells[COLUMN_DEFAULT], question, REFERENCE_PLAIN, IN_SURVEY, question->row,
                            COLUMN_DEFAULT));
    }
    if (strcmp(question->type->name, "start-geopoint") == 0) {
        struct markup *action = markup_add(model, "odk:setgeopoint");
        markup_set(action, "ref", question->path);
        markup_set(action, "event", "odk-instance-first-load");
    }
    if (strcmp(question->type->name, "background-audio") == 0) {
        struct markup *action = markup_add(model, "odk:recordaudio");
        markup_set(action, "event", "odk-instance-load");
        markup_set(action, "ref", question->path);
        if (xl_pair(question->parameters, "quality") != NULL)
            markup_set(action, "odk:quality", xl_pair(question->parameters, "quality"));
    }
}

/* ---- the count of a repeat that has to be worked out gets a place of its own ---- */

static void place_counts(struct converter *c)
{
    size_t made = c->count;
    for (size_t i = 1; i < made; i++) {
        struct question *repeat = c->all[i];
        const char *text = repeat->cells[COLUMN_REPEAT_COUNT];
        if (repeat->act != ACT_REPEAT || text[0] == '\0')
            continue;
        const char *bare = xl_bare_reference(c->arena, text);
        if (bare != NULL) {
            repeat->count_path = text_trim(
                c->arena, xl_paths(c, text, repeat, REFERENCE_PLAIN, IN_SURVEY, repeat->row, COLUMN_REPEAT_COUNT));
            continue;
        }
        struct question *count = xl_question_new(c, NULL, arena_format(c->arena, "%s_count", repeat->name));
        struct question *before = repeat->parent->first == repeat ? NULL : repeat->parent->first;
        while (before != NULL && before->next != repeat)
            before = before->next;
        xl_question_link(count, repeat->parent, before);
        count->act = ACT_QUESTION;
        count->type = xl_type_named("calculate");
        count->row = repeat->row;
        count->path = arena_format(c->arena, "%s/%s", repeat->parent->path, count->name);
        count->cells[COLUMN_CALCULATION] = text;
        count->cells[COLUMN_READ_ONLY] = "yes";
        repeat->count_path = count->path;
    }
}

static void entity_bind(struct markup *model, const struct entity *entity, const char *what, const char *calculation)
{
    struct arena *arena = model->arena;
    const struct question *container = entity->container;
    struct markup *bind = markup_add(model, "bind");
    markup_set(bind, "nodeset", arena_format(arena, "%s/meta/entity/%s", container->path, what));
    markup_set(bind, "readonly", "true()");
    markup_set(bind, "type", "string");
    if (calculation != NULL)
        markup_set(bind, "calculate", calculation);
}

/* Where the paths of an entity's expressions start from: two steps below its container. */
static struct question *entity_context(struct converter *c, const struct entity *entity)
{
    struct question *meta = ARENA_NEW(c->arena, struct question), *element = ARENA_NEW(c->arena, struct question),
                    *leaf = ARENA_NEW(c->arena, struct question);
    meta->parent = entity->container;
    element->parent = meta;
    leaf->parent = element;
    meta->act = element->act = ACT_GROUP;
    return leaf;
}

static void put_entity_binds(struct converter *c, struct markup *model, const struct entity *entity)
{
    static const char *const versions[][2] = {
        {"@baseVersion", "__version"}, {"@trunkVersion", "__trunkVersion"}, {"@branchId", "__branchId"}};
    const struct question *context = entity_context(c, entity);
    if (entity->create_if[0] != '\0')
        entity_bind(
            model, entity, "@create",
            xl_paths(c, entity->create_if, context, REFERENCE_PLAIN, IN_ENTITIES, entity->row, COLUMN_CREATE_IF));
    if (entity->update_if[0] != '\0')
        entity_bind(
            model, entity, "@update",
            xl_paths(c, entity->update_if, context, REFERENCE_PLAIN, IN_ENTITIES, entity->row, COLUMN_UPDATE_IF));
    if (entity->id[0] != '\0') {
        const char *id = xl_paths(c, entity->id, context, REFERENCE_FILTER, IN_ENTITIES, entity->row, COLUMN_ENTITY_ID);
        for (size_t i = 0; i < 3; i++)
            entity_bind(
                model, entity, versions[i][0],
                arena_format(c->arena, "instance('%s')/root/item[name=%s]/%s", entity->name, id, versions[i][1]));
        entity_bind(model, entity, "@id",
                    xl_paths(c, entity->id, context, REFERENCE_PLAIN, IN_ENTITIES, entity->row, COLUMN_ENTITY_ID));
    } else {
        entity_bind(model, entity, "@id", NULL);
    }
    if (entity->id[0] == '\0') {
        struct markup *action = markup_add(model, "setvalue");
        markup_set(action, "ref", arena_format(c->arena, "%s/meta/entity/@id", entity->container->path));
        markup_set(action, "event", "odk-instance-first-load");
        markup_set(action, "value", "uuid()");
    }
    if (entity->label[0] != '\0')
        entity_bind(model, entity, "label",
                    xl_paths(c, entity->label, context, REFERENCE_PLAIN, IN_ENTITIES, entity->row, COLUMN_LABEL));
}

static void put_binds_under(struct converter *c, struct markup *model, const struct question *parent)
{
    for (const struct question *child = parent->first; child != NULL; child = child->next) {
        if (child->act == ACT_EXTERNAL)
            continue;
        put_bind(c, model, child);
        put_action(c, model, child);
        put_binds_under(c, model, child);
    }
    if (parent->entity != NULL)
        put_entity_binds(c, model, parent->entity);
}

static void put_meta_binds(struct converter *c, struct markup *model)
{
    const char *id = xl_setting(c, COLUMN_INSTANCE_ID), *name = xl_setting(c, COLUMN_INSTANCE_NAME);
    const struct sheet_row *row = c->tables[IN_SETTINGS].rows;
    if (xl_truth(xl_setting(c, COLUMN_OMIT_INSTANCE_ID)) != 1) {
        struct markup *bind = markup_add(model, "bind");
        markup_set(bind, "nodeset", arena_format(c->arena, "%s/meta/instanceID", c->root->path));
        markup_set(bind, "type", "string");
        markup_set(bind, "readonly", "true()");
        markup_set(bind, "jr:preload", id[0] == '\0' ? "uid" : id);
    }
    if (name[0] != '\0') {
        struct markup *bind = markup_add(model, "bind");
        markup_set(bind, "nodeset", arena_format(c->arena, "%s/meta/instanceName", c->root->path));
        markup_set(bind, "type", "string");
        markup_set(bind, "calculate",
                   xl_paths(c, name, c->root, REFERENCE_PLAIN, IN_SETTINGS, row, COLUMN_INSTANCE_NAME));
    }
}

static void put_submission(struct converter *c, struct markup *model)
{
    const char *url = xl_setting(c, COLUMN_SUBMISSION_URL), *key = xl_setting(c, COLUMN_PUBLIC_KEY),
               *send = xl_setting(c, COLUMN_AUTO_SEND), *drop = xl_setting(c, COLUMN_AUTO_DELETE);
    bool editable = xl_truth(xl_setting(c, COLUMN_CLIENT_EDITABLE)) == 1;
    if (url[0] == '\0' && key[0] == '\0' && send[0] == '\0' && drop[0] == '\0' && !editable)
        return;
    struct markup *submission = markup_add(model, "submission");
    if (url[0] != '\0') {
        markup_set(submission, "action", url);
        markup_set(submission, "method", "post");
    }
    if (key[0] != '\0')
        markup_set(submission, "base64RsaPublicKey", key);
    if (send[0] != '\0')
        markup_set(submission, "orx:auto-send", send);
    if (drop[0] != '\0')
        markup_set(submission, "orx:auto-delete", drop);
    if (editable)
        markup_set(submission, "odk:client-editable", "true");
}

/* Where what is filled in goes; clients take no notice of it. */
static void put_destination(struct converter *c, struct markup *model)
{
    static const char *const known[] = {"referral", "outreach", "assessment"};
    const char *destination = xl_setting(c, COLUMN_DESTINATION);
    if (destination[0] == '\0')
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(destination, known[i]) == 0) {
            c->uses_facts = true;
            markup_set(model, "ausma:destination", destination);
            return;
        }
    xl_problem(c, FORM_VALUE_INVALID, IN_SETTINGS, c->tables[IN_SETTINGS].rows, COLUMN_DESTINATION, destination);
}

void xl_write_model(struct converter *c, struct markup *model, struct markup *body)
{
    place_counts(c);
    xl_write_body(c, body);
    put_submission(c, model);
    put_destination(c, model);
    /* Noting which instances there are needs all expressions, which are only read while binds are made. */
    struct markup *binds = markup_new(c->arena, "model");
    put_binds_under(c, binds, c->root);
    put_meta_binds(c, binds);
    xl_write_itext(c, model);
    put_instance(c, model);
    put_secondary(c, model);
    for (struct markup *bind = binds->first, *next = NULL; bind != NULL; bind = next) {
        next = bind->next;
        bind->next = NULL;
        markup_put(model, bind);
    }
}
