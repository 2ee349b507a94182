/* Values that the form sets itself: when a fill or an instance of a repeat is new, or when another answer changes. */
#include "platform/form/xform_read.h"

static bool event_is(const struct xform_reader *r, const xmlNode *action, const char *event)
{
    const char *events = xform_attribute(r, action, "event");
    return events != NULL && strstr(events, event) != NULL;
}

static void read_setvalue(struct xform_reader *r, const xmlNode *action, const char *around, struct form_node *trigger)
{
    struct form_node *target = xform_ref(r, action, around);
    const char *value = xform_attribute(r, action, "value"), *text = xform_content(r->arena, action);
    if (target == NULL)
        return;
    struct form_rules *rules = r->rules[target->index];
    bool changed = event_is(r, action, "xforms-value-changed");
    const struct xpath_expr *expr = xform_parse(r, value, target, changed ? PART_TRIGGER : PART_DEFAULT);
    if (expr == NULL && text[0] != '\0') {
        struct xpath_expr *literal = ARENA_NEW(r->arena, struct xpath_expr);
        *literal = (struct xpath_expr){.op = XPATH_LITERAL_TEXT, .text = text};
        expr = literal;
    }
    if (changed && trigger != NULL) {
        struct form_trigger *set = ARENA_NEW(r->arena, struct form_trigger);
        *set = (struct form_trigger){target, expr, r->rules[trigger->index]->triggers};
        r->rules[trigger->index]->triggers = set;
    } else if (event_is(r, action, "odk-instance-first-load") || event_is(r, action, "odk-new-repeat") ||
               event_is(r, action, "xforms-ready")) {
        rules->default_value = expr;
        target->initial = arena_text(r->arena, value == NULL ? text : value);
    }
}

static void walk_actions(struct xform_reader *r, const xmlNode *parent, const char *around, struct form_node *trigger,
                         int depth)
{
    for (const xmlNode *child = parent->children; child != NULL && depth < TREE_DEPTH_MAX; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (xform_is(child, "setvalue")) {
            read_setvalue(r, child, around, trigger);
        } else if (xform_is_control(child) || xform_is(child, "group") || xform_is(child, "repeat")) {
            struct form_node *node = xform_ref(r, child, around);
            walk_actions(r, child, node == NULL ? around : node->path, node, depth + 1);
        }
    }
}

void xform_read_actions(struct xform_reader *r)
{
    const char *root = r->form->nodes[0]->path;
    walk_actions(r, r->model, root, NULL, 0);
    walk_actions(r, r->body, root, NULL, 0);
}
