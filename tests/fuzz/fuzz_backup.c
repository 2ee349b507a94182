/* A backup's head, its links and list of erased cases, and the records behind the seal: any bytes. */
#include "steer/backup/dump.h"
#include "steer/backup/internal.h"
#include "steer/retention/retention.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The records as if they had been sealed: so the reader behind the seal is reached. */
static void read_records(const uint8_t *data, size_t size)
{
    struct backup_head head = {.needed = 2, .shares = 3};
    struct seal_key key = {{1}};
    struct backup_out out;
    struct backup_in in;
    struct backup_sum sum;
    int fd = memfd_create("backup", MFD_CLOEXEC);
    if (fd < 0)
        return;
    if (backup_out_open(&out, fd, &key, &head) == OK) {
        backup_out_put(&out, data, size);
        (void)backup_out_end(&out);
        backup_out_close(&out);
        if (backup_in_open(&in, fd, &key, &head) == OK) {
            (void)dump_read(&in, &(struct dump_reader){.any_program = true}, &sum);
            backup_in_close(&in);
        }
    }
    (void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct backup_head head;
    struct recovery_link link;
    struct erased erased;
    if (!ready && seal_init() != OK)
        return 0;
    ready = true;
    if (backup_head_read((struct bytes){data, size}, &head) == OK) {
        struct backup_head again = head;
        backup_head_write(&again);
        if (memcmp(again.mark, head.mark, sizeof head.mark) != 0)
            BUG("a head does not come back");
    }
    struct arena *arena = arena_new(1 << 20);
    const char *line = arena_text_n(arena, (const char *)data, size > 2000 ? 2000 : size);
    (void)link_read(arena, line, &link);
    (void)retention_line_read(line, &erased);
    arena_free(arena);
    read_records(data, size);
    return 0;
}
