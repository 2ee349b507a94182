/* Family names are put together from two parts, mostly words from tales, dreams and weather, so that they look invented. */
#include "steer/demo/internal.h"

#include <string.h>

struct ending {
    const char *female, *male;
};

struct origin {
    int weight; /* of 100 */
    const char *nationality, *language;
    const char *girls[16], *boys[16], *stems[16];
    struct ending endings[8];
};

static const struct origin ORIGINS[] = {
    {.weight = 44,
     .nationality = "lv",
     .language = "lv",
     .girls = {"Elīna", "Anete", "Madara", "Sabīne", "Laura", "Kristiāna", "Evelīna", "Alise", "Paula", "Sintija",
               "Līva", "Rēzija", "Agnese", "Zane", "Katrīna", "Signe"},
     .boys = {"Edgars", "Roberts", "Mārtiņš", "Kristers", "Artūrs", "Toms", "Rihards", "Emīls", "Niklāvs", "Jēkabs",
              "Oskars", "Raivis", "Dāvis", "Ernests", "Kārlis", "Reinis"},
     .stems = {"Pasak", "Sapņ", "Migl", "Varavīksn", "Izdom", "Teiksm", "Mākoņ", "Zvaigžņ", "Rasas", "Vējlūk", "Nebij",
               "Dūm", "Ledus", "Brīnum", "Rītausm", "Ēn"},
     .endings = {{"kalna", "kalns"},
                 {"upe", "upis"},
                 {"ezera", "ezers"},
                 {"bērza", "bērzs"},
                 {"lapsa", "lapsa"},
                 {"iņa", "iņš"},
                 {"lauka", "lauks"},
                 {"soda", "sods"}}},
    {.weight = 22,
     .nationality = "lv",
     .language = "ru",
     .girls = {"Виктория", "Алина", "Полина", "Диана", "Екатерина", "Ксения", "Маргарита", "Валерия", "Арина", "Юлия",
               "Мария", "Евгения", "Александра", "Яна", "Милана", "Ольга"},
     .boys = {"Артём", "Никита", "Даниил", "Максим", "Кирилл", "Роман", "Илья", "Тимур", "Егор", "Павел", "Глеб",
              "Руслан", "Денис", "Матвей", "Сергей", "Юрий"},
     .stems = {"Выдум", "Сказ", "Мечт", "Облак", "Радуж", "Снеж", "Звезд", "Туман", "Небыл", "Ветр", "Луч", "Рос",
               "Чудес", "Град", "Тень", "Инеев"},
     .endings = {{"ова", "ов"},
                 {"кина", "кин"},
                 {"ская", "ский"},
                 {"никова", "ников"},
                 {"ченко", "ченко"},
                 {"ук", "ук"},
                 {"евич", "евич"},
                 {"ина", "ин"}}},
    {.weight = 14,
     .nationality = "ua",
     .language = "uk",
     .girls = {"Оксана", "Соломія", "Дарина", "Злата", "Іванна", "Леся", "Марічка", "Надія", "Олена", "Поліна", "Софія",
               "Тетяна", "Уляна", "Христина", "Юлія", "Ярина"},
     .boys = {"Андрій", "Богдан", "Василь", "Гліб", "Дмитро", "Захар", "Іван", "Лев", "Микола", "Назар", "Остап",
              "Петро", "Сергій", "Тарас", "Юрій", "Ярослав"},
     .stems = {"Вигад", "Казк", "Мрі", "Хмар", "Весел", "Сніж", "Зор", "Туман", "Небил", "Вітр", "Промін", "Рос", "Див",
               "Град", "Тін", "Інеє"},
     .endings = {{"енко", "енко"},
                 {"ук", "ук"},
                 {"ович", "ович"},
                 {"ська", "ський"},
                 {"юк", "юк"},
                 {"ишин", "ишин"},
                 {"ова", "ов"},
                 {"чак", "чак"}}},
    {.weight = 8,
     .nationality = "ng",
     .language = "en",
     .girls = {"Blessing", "Osas", "Precious", "Amaka", "Efe", "Folake", "Joy", "Ngozi", "Patience", "Sade", "Temi",
               "Uju", "Yetunde", "Zainab", "Chioma", "Ebele"},
     .boys = {"Osaze", "Chidi", "Emeka", "Femi", "Ikenna", "Jide", "Kunle", "Musa", "Nonso", "Obinna", "Sani", "Tunde",
              "Uche", "Yusuf", "Dayo", "Bayo"},
     .stems = {"Itan", "Alo", "Irawo", "Osumare", "Kurukuru", "Ala", "Oju", "Afefe", "Ojiji", "Ewi", "Orin", "Imole",
               "Ekun", "Odo", "Igbo", "Osupa"},
     .endings = {{"bode", "bode"},
                 {"moyo", "moyo"},
                 {"sola", "sola"},
                 {"wale", "wale"},
                 {"dayo", "dayo"},
                 {"nwa", "nwa"},
                 {"kemi", "kemi"},
                 {"tayo", "tayo"}}},
    {.weight = 7,
     .nationality = "vn",
     .language = "vi",
     .girls = {"Thị Hoa", "Thị Lan", "Thị Mai", "Ngọc Ánh", "Thu Hà", "Kim Chi", "Bích Ngọc", "Thanh Trúc",
               "Hồng Nhung", "Mỹ Linh", "Thảo My", "Quỳnh Như", "Diệu Linh", "Khánh Vy", "Yến Nhi", "Tuyết Mai"},
     .boys = {"Văn Nam", "Minh Quân", "Đức Anh", "Quang Huy", "Hữu Phước", "Tiến Đạt", "Công Danh", "Thanh Tùng",
              "Gia Bảo", "Duy Khang", "Nhật Minh", "Hoàng Long", "Trung Kiên", "Anh Tuấn", "Bảo Lộc", "Xuân Trường"},
     .stems = {"Mộng", "Mây", "Sao", "Truyện", "Cầu", "Gió", "Sương", "Bóng", "Nắng", "Tuyết", "Trăng", "Mưa", "Suối",
               "Khói", "Lửa", "Đèn"},
     .endings = {{" Vân", " Vân"},
                 {" Ảo", " Ảo"},
                 {" Vồng", " Vồng"},
                 {" Hư", " Hư"},
                 {" Khuê", " Khuê"},
                 {" Đông", " Đông"},
                 {" Thu", " Thu"},
                 {" Xa", " Xa"}}},
    {.weight = 5,
     .nationality = "ro",
     .language = "ro",
     .girls = {"Ioana", "Andreea", "Mihaela", "Cristina", "Denisa", "Larisa", "Roxana", "Bianca", "Adina", "Camelia",
               "Daria", "Elena", "Florina", "Gabriela", "Simona", "Teodora"},
     .boys = {"Ionuț", "Andrei", "Marius", "Cristian", "Dragoș", "Florin", "Gheorghe", "Horia", "Lucian", "Mihai",
              "Nicolae", "Octavian", "Radu", "Sorin", "Tudor", "Vlad"},
     .stems = {"Fabul", "Basm", "Nour", "Curcub", "Ninso", "Vis", "Stel", "Ceț", "Vânt", "Rou", "Minun", "Umbr",
               "Poves", "Grind", "Lun", "Ploi"},
     .endings = {{"escu", "escu"},
                 {"eanu", "eanu"},
                 {"aru", "aru"},
                 {"oiu", "oiu"},
                 {"ache", "ache"},
                 {"uș", "uș"},
                 {"ița", "ița"},
                 {"ean", "ean"}}},
};

static const struct origin *origin_pick(struct chance *chance)
{
    int64_t at = chance_between(chance, 1, 100);
    size_t i = 0;
    while (at > ORIGINS[i].weight && i + 1 < sizeof ORIGINS / sizeof *ORIGINS)
        at -= ORIGINS[i++].weight;
    return &ORIGINS[i];
}

void demo_name_pick(struct arena *arena, struct chance *chance, struct demo_name *out)
{
    const struct origin *origin = origin_pick(chance);
    bool girl = chance_percent(chance, 68);
    const struct ending *ending = &origin->endings[chance_between(chance, 0, 7)];
    size_t given = (size_t)chance_between(chance, 0, 15);
    *out = (struct demo_name){
        .given = girl ? origin->girls[given] : origin->boys[given],
        .family = arena_format(arena, "%s%s", origin->stems[chance_between(chance, 0, 15)],
                               girl ? ending->female : ending->male),
        .nationality = origin->nationality,
        .language = origin->language,
        .sex = girl ? "female" : "male",
    };
}
