/* Reports from outside that wait for somebody to read them; the words in here are what invented people saw. */
#include "steer/demo/making.h"

#include "base/time.h"
#include "find/fieldwork/fieldwork.h"

#include <cairo.h>
#include <string.h>

/* ---- a photograph: a house with a blue door ---- */

struct picture_bytes {
    uint8_t *ptr;
    size_t len, cap;
};

static cairo_status_t picture_add(void *data, const unsigned char *bytes, unsigned len)
{
    struct picture_bytes *out = data;
    if (out->len + len > out->cap)
        return CAIRO_STATUS_WRITE_ERROR;
    memcpy(out->ptr + out->len, bytes, len);
    out->len += len;
    return CAIRO_STATUS_SUCCESS;
}

static void box(cairo_t *cairo, const double colour[3], double x, double y, double width, double height)
{
    cairo_set_source_rgb(cairo, colour[0], colour[1], colour[2]);
    cairo_rectangle(cairo, x, y, width, height);
    cairo_fill(cairo);
}

static enum err picture_make(struct arena *arena, struct bytes *out)
{
    enum { WIDTH = 480, HEIGHT = 360, MOST = 1 << 20 };
    static const double sky[] = {.78, .86, .90}, wall[] = {.72, .60, .48}, window[] = {.35, .42, .48},
                        door[] = {.16, .36, .62}, street[] = {.45, .45, .45};
    struct picture_bytes bytes = {.ptr = arena_alloc(arena, MOST), .cap = MOST};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    box(cairo, sky, 0, 0, WIDTH, HEIGHT);
    box(cairo, street, 0, 300, WIDTH, 60);
    box(cairo, wall, 60, 60, 360, 240);
    for (int floor = 0; floor < 2; floor++)
        for (int column = 0; column < 4; column++)
            box(cairo, window, 85 + 85 * column, 85 + 80 * floor, 50, 50);
    box(cairo, door, 215, 225, 50, 75);
    cairo_destroy(cairo);
    cairo_status_t written = cairo_surface_write_to_png_stream(surface, picture_add, &bytes);
    cairo_surface_destroy(surface);
    *out = (struct bytes){bytes.ptr, bytes.len};
    return written == CAIRO_STATUS_SUCCESS ? OK : ERR_LIMIT;
}

/* ---- the reports ---- */

enum err demo_field_add(struct db *db, struct arena *arena, const struct demo_people *people, int64_t now)
{
    static const struct assess_answer raid[] = {
        {"/data/what/story", "Kopīgs reids ar darba inspekciju. Divistabu dzīvoklī astoņi cilvēki, viens no viņiem "
                             "pusaudzis. Pases glabā īpašnieks."},
        {"/data/what/urgency", "day"},
        {"/data/who/about", "Saucas Bao, zaļa jaka"},
        {"/data/who/age", "16"},
        {"/data/who/age_guess", "yes"},
        {"/data/who/language", "vjetnamiešu"},
        {"/data/here/place", "Parauga iela 1, trešais stāvs"},
        {"/data/here/agencies", "Darba inspekcija, policija"},
        {"/data/here/photo", "durvis.png"},
        {"/data/answer/source", "police"},
        {"/data/answer/referrer", "Inspektors no Paraugu iecirkņa"},
        {"/data/answer/way", "phone"},
        {"/data/answer/contact", "20000014"},
    };
    static const struct assess_answer street[] = {
        {"/data/where/kind", "street"},
        {"/data/where/place", "Autoosta un parks pie tās"},
        {"/data/where/partners", "ngo"},
        {"/data/people/reached", "14"},
        {"/data/people/contacts", "3"},
        {"/data/people/groups", "youth homeless"},
        {"/data/people/notes", "Divi jaunieši lūdza siltas zeķes. Piektdien pēc septiņiem viņi te ir atkal."},
    };
    int64_t org = people->founding.org;
    int64_t device = 0;
    int64_t id = 0;
    struct bytes photo;
    TRY(picture_make(arena, &photo));
    TRY(fieldwork_device_give(db, arena,
                              &(struct fieldwork_device_given){.org = org,
                                                               .account = people->intake_worker,
                                                               .at = now - 40 * DAY_MS,
                                                               .directory = &people->founding.directory,
                                                               .label = "Ielu darba tālrunis"},
                              &device));
    TRY(fieldwork_give(db, arena,
                       &(struct fieldwork_given){.org = org,
                                                 .device = device,
                                                 .at = now - 20 * HOUR_MS,
                                                 .form_id = "field_contact",
                                                 .answers = street,
                                                 .count = sizeof street / sizeof *street},
                       &id));
    return fieldwork_give(db, arena,
                          &(struct fieldwork_given){.org = org,
                                                    .device = device,
                                                    .at = now - 3 * HOUR_MS,
                                                    .form_id = "field_referral",
                                                    .answers = raid,
                                                    .count = sizeof raid / sizeof *raid,
                                                    .file_name = "durvis.png",
                                                    .file = photo},
                          &id);
}
