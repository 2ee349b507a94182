#include "platform/form/model.h"

/* The words in a language, else in the form's own, else in any; NULL when there are none. */
const struct form_words *form_words_in(const struct form *form, const struct form_words *words, size_t language)
{
    if (words == NULL)
        return NULL;
    if (words[language].raw[0] != '\0')
        return &words[language];
    if (words[form->default_language].raw[0] != '\0')
        return &words[form->default_language];
    for (size_t i = 0; i < form->language_count; i++)
        if (words[i].raw[0] != '\0')
            return &words[i];
    return NULL;
}

/* The answer that an expression leads to, in a person's words: the label of a chosen code. */
static const char *words_of(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item)
{
    struct xpath_value value;
    const char *text = "";
    if (form_fill_value(fill, expr, item, item, &value) == OK) {
        bool chosen = value.kind == XPATH_NODES && value.count > 0 && value.items[0]->node->rules != NULL &&
                      value.items[0]->node->rules->list != NULL;
        text = chosen ? form_item_words(fill, value.items[0])
                      : arena_text(fill->arena, xpath_to_text(fill->scratch, &value));
    }
    arena_reset(fill->scratch);
    return text;
}

const char *form_words_render(struct form_fill *fill, const struct form_words *words, const struct form_item *item)
{
    const struct form_words *own = form_words_in(fill->form, words, fill->language);
    if (own == NULL)
        return "";
    if (own->count == 1 && own->pieces[0].text != NULL)
        return own->pieces[0].text;
    struct buf buf;
    buf_init(&buf, fill->arena, strlen(own->raw));
    for (size_t i = 0; i < own->count; i++)
        buf_text(&buf, own->pieces[i].text != NULL ? own->pieces[i].text : words_of(fill, own->pieces[i].expr, item));
    return buf.ptr;
}

const char *form_item_label(struct form_fill *fill, const struct form_item *item)
{
    return form_words_render(fill, item->node->rules->labels, item);
}

const char *form_item_hint(struct form_fill *fill, const struct form_item *item)
{
    return form_words_render(fill, item->node->rules->hints, item);
}

const char *form_item_guidance(struct form_fill *fill, const struct form_item *item)
{
    return form_words_render(fill, item->node->rules->guidance, item);
}

const char *form_item_words(struct form_fill *fill, const struct form_item *item)
{
    if (item->node->rules->list == NULL)
        return item->value;
    struct buf buf;
    buf_init(&buf, fill->arena, 0);
    for (const char *at = item->value; *at != '\0';) {
        size_t len = strcspn(at, " ");
        const char *label = form_choice_label(fill->form, item->node, at, len, fill->language);
        buf_text(&buf, buf.len > 0 ? ", " : "");
        if (label == NULL)
            buf_add(&buf, at, len);
        else
            buf_text(&buf, label);
        at += at[len] == '\0' ? len : len + 1;
    }
    return buf.ptr;
}
