#include "platform/qr/qr.h"

#include "base/buf.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

enum err qr_make(struct arena *arena, const char *text, struct qr *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > QR_TEXT_MAX)
        return ERR_INPUT;
    QRcode *made = QRcode_encodeData((int)len, (const unsigned char *)text, 0, QR_ECLEVEL_M);
    if (made == NULL)
        return err_note(ERR_BUSY, "libqrencode makes no code: error %d", errno);
    struct qr qr = {.size = (size_t)made->width};
    uint8_t *modules = arena_alloc(arena, qr.size * qr.size);
    /* Only the lowest bit of a module is its colour. */
    for (size_t i = 0; i < qr.size * qr.size; i++)
        modules[i] = made->data[i] & 1;
    /* It may hold a secret. */
    explicit_bzero(made->data, qr.size * qr.size);
    QRcode_free(made);
    qr.modules = modules;
    *out = qr;
    return OK;
}

bool qr_dark(const struct qr *qr, size_t x, size_t y)
{
    return qr->modules[y * qr->size + x] == 1;
}

size_t qr_side(const struct qr *qr)
{
    return qr->size + 2 * (size_t)QR_MARGIN;
}

const char *qr_path(struct arena *arena, const struct qr *qr)
{
    struct buf path;
    buf_init(&path, arena, 8 * qr->size * qr->size);
    for (size_t y = 0; y < qr->size; y++) {
        for (size_t x = 0; x < qr->size; x++) {
            size_t begin = x;
            while (x < qr->size && qr_dark(qr, x, y))
                x++;
            if (x > begin)
                buf_format(&path, "M%zu %zuh%zuv1h-%zuz", begin + QR_MARGIN, y + QR_MARGIN, x - begin, x - begin);
        }
    }
    return path.ptr;
}
