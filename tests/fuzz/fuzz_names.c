/* Names: whatever is typed has a normal form, finds itself, and stays within the promised bounds. */
#include "platform/seal/seal.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TOKENS_MOST = 24 * 16 };

static bool holds(const struct name_token *tokens, size_t count, const struct name_query_word *word)
{
    for (size_t i = 0; i < word->count; i++)
        for (size_t j = 0; j < count; j++)
            if (tokens[j].kind == word->tokens[i].kind && tokens[j].token == word->tokens[i].token)
                return true;
    return false;
}

static void check_tokens(struct arena *arena, const char *name)
{
    static const struct seal_key search = {{1}};
    struct name_token *tokens = NULL;
    struct name_query_word *words = NULL;
    size_t count = seal_name_tokens(arena, &search, name, &tokens);
    if (count > TOKENS_MOST)
        BUG("too many tokens");
    for (size_t i = 1; i < count; i++)
        if (tokens[i].token < 0 || tokens[i - 1].kind > tokens[i].kind)
            BUG("tokens are not sorted");
    size_t word_count = seal_name_query(arena, &search, name, &words);
    for (size_t i = 0; i < word_count; i++)
        if (!holds(tokens, count, &words[i]))
            BUG("a name does not find itself");
}

static void check_plain(struct arena *arena, const char *name)
{
    const char *plain = seal_name_plain(arena, name);
    for (const char *at = plain; *at != '\0'; at++)
        if (!(*at >= 'a' && *at <= 'z') && !(*at >= '0' && *at <= '9') && *at != ' ')
            BUG("a normal form has more than letters, digits and blanks");
    int alike = seal_name_alike(arena, name, name);
    if (alike != (*plain == '\0' ? 0 : 100))
        BUG("a name is not like itself");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready && seal_init() != OK)
        BUG("the seal does not start");
    ready = true;
    struct arena *arena = arena_new(64 << 20);
    const char *name = arena_text_n(arena, (const char *)data, size);
    check_tokens(arena, name);
    check_plain(arena, name);
    arena_free(arena);
    return 0;
}
