/* For tests: what a reader of a paper sees, by poppler's pdftotext. */
#ifndef AUSMA_PLATFORM_PDF_TESTING_H
#define AUSMA_PLATFORM_PDF_TESTING_H

#include "platform/pdf/pdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The text, laid out as on the pages, with a form feed behind each; in the arena. */
static inline char *pdf_read_back(struct arena *arena, struct bytes pdf)
{
    enum { TEXT_MOST = 1 << 19 };
    char path[] = "/tmp/ausma-pdf-XXXXXX";
    char *text = arena_alloc(arena, TEXT_MOST);
    int status = -1;
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, pdf.ptr, pdf.len) == (ssize_t)pdf.len && close(file) == 0);
    const char *out = arena_format(arena, "%s.txt", path);
    pid_t child = fork();
    if (child == 0) {
        (void)execlp("pdftotext", "pdftotext", "-layout", path, out, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    FILE *read = fopen(out, "r");
    assert_non_null(read);
    size_t len = fread(text, 1, TEXT_MOST - 1, read);
    assert_true(len > 0);
    text[len] = '\0';
    (void)fclose(read);
    (void)unlink(out);
    (void)unlink(path);
    return text;
}

#endif
