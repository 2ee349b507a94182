/* What a file is called, and how that is told. */
#include "base/id.h"
#include "base/text.h"
#include "case/file/internal.h"

#include <string.h>

/* "file-01h2a3b4c5d6e-2356.jpg" */
bool file_name_read(const char *name, struct file_name *out)
{
    enum { ID = ID_TEXT_SIZE - 1, START = 5, KIB_MAX = 10 };
    char id[ID_TEXT_SIZE] = "";
    char kib[KIB_MAX + 1] = "";
    struct file_name read = {0};
    if (!text_starts(name, "file-") || strnlen(name, START + ID + 1) <= START + ID || name[START + ID] != '-')
        return false;
    memcpy(id, name + START, ID);
    const char *number = name + START + ID + 1;
    size_t digits = strspn(number, "0123456789");
    if (digits == 0 || digits > KIB_MAX || number[digits] != '.' || !id_parse(id, &read.id))
        return false;
    memcpy(kib, number, digits);
    read.kind = upload_kind_of_ending(number + digits + 1);
    bool other = text_same(number + digits + 1, upload_type(UPLOAD_OTHER)->ending);
    if (!text_to_int(kib, &read.kib) || (read.kind == UPLOAD_OTHER && !other))
        return false;
    *out = read;
    return true;
}

const char *file_name_make(struct arena *arena, const struct file_name *name)
{
    return arena_format(arena, "file-%s-%lld.%s", id_text(arena, name->id), (long long)name->kib,
                        upload_type(name->kind)->ending);
}

const char *file_words(struct arena *arena, enum language language, const char *name)
{
    struct file_name read;
    if (!file_name_read(name, &read))
        return name;
    const char *size = size_in_words(arena, language, read.kib * 1024);
    const char *kind = upload_type(read.kind)->name;
    if (text_empty(kind))
        return word_filled(arena, language, W_file_words_other, "size", size, (const char *)NULL);
    return word_filled(arena, language, W_file_words, "kind", kind, "size", size, (const char *)NULL);
}
