"""Adjectives, adverbs, names, prepositions, conjunctions and words of time with their German."""

# English, German[/inflected stem], classes of nouns. Where an English word stands twice (light,
# hard), the noun decides between the German ones.
ADJECTIVES = """
old alt PAGHOBKCVSUJWYXRI; new neu GHBKCVSUJWYXRITP; big groß PAHOKCVSUJWYXRIEGLF;
small klein PAHOKCVSUJWYXRIGLF; young jung PAL; good gut PAFDBTVHXGJWEI; bad schlecht FDBXGJWT;
beautiful schön PAHOKCVJYREILZ; ugly hässlich PAHOKCVUJRZ; expensive teuer/teur BKCVHUJWIFD;
cheap billig BKCVUJWFD; heavy schwer SKBUTW; light leicht SKCTU; light hell RY; hungry hungrig PA;
tired müde PA; angry wütend PA; happy glücklich PAG; brave tapfer PA; lazy faul PA;
clever klug PAX; friendly freundlich PAG; proud stolz PAG; shy schüchtern PA; polite höflich P;
poor arm PAGO; rich reich PGO; sick krank PAL; blind blind PA; strange seltsam PABXEJKHW;
famous berühmt PHBJOG; wooden hölzern TKUYHS; broken kaputt KSWVUYIT; dirty schmutzig CSRHKTVUYO;
clean sauber CSRKTUD; red rot CKVYBLFSUD; blue blau CKVYBSUZ; green grün CKVYLBSUF;
black schwarz CAVKSBUZ; white weiß CAYKSLUDZ; yellow gelb CKVLYFS; grey grau CAYHZ;
brown braun CAKUSZ; round rund KUSYF; sharp scharf TZ; empty leer SRHOVU; full voll SRHV;
fresh frisch FD; delicious lecker FD; sweet süß FD; bitter bitter FD; warm warm FDCRO;
cold kalt FDRO; hot heiß FDO; sour sauer/saur FD; rotten verfault FL; important wichtig XBEPG;
difficult schwierig XEBI; simple einfach XBTW; dangerous gefährlich XATOVE; secret geheim XBER;
wrong falsch XB; right richtig XBT; political politisch XBEG; interesting interessant XBEJPO;
boring langweilig XBEJP; quiet ruhig PAOHRE; dark dunkel/dunkl RHOCYZ; modern modern HVJWGUR;
narrow eng ORC; wide breit OYU; deep tief OD; high hoch/hoh YOHM; long lang BETOJCZ;
short kurz BETJCX; loud laut PEWGZ; popular beliebt PGEJBF; serious ernst PXEZ; young jung P;
local örtlich GXE; foreign ausländisch PGVB; rare selten ALKB; wild wild AO; tame zahm A;
fast schnell VAP; slow langsam VAP; strong stark PATDN; weak schwach PADXW; hard hart FUT;
hard schwer XE; soft weich FKCU; thick dick BKCYLF; thin dünn PBCY; fat fett A; fat dick P;
tall groß PL; honest ehrlich PX; cruel grausam PE; patient geduldig P; nervous nervös PA;
curious neugierig PA; jealous eifersüchtig P; lonely einsam PO; careful vorsichtig P;
elegant elegant PCV; precious wertvoll KJBI; useful nützlich TWXB; useless nutzlos TWXB;
electric elektrisch WVI; wet nass CAO; dry trocken CFO; legal rechtlich X; official offiziell BEX;
private privat BRE; public öffentlich HEO; sad traurig PAJX; funny lustig PJX;
terrible schrecklich EXN; great großartig JEX; successful erfolgreich PGE; former ehemalig PG;
wise weise PX; stupid dumm PAX; free frei PA; free kostenlos EBF; daily täglich XE;
annual jährlich EM; low niedrig YMU; fair gerecht MXP; unfair ungerecht XM; fine fein FD;
golden golden KSJ; silver silbern KTS; ancient uralt HOXJB; ripe reif F; raw roh F;
German deutsch PGBJVF; French französisch PGBJVF; English englisch PGBJV;
Italian italienisch PGBJVF; Spanish spanisch PGBJF; Russian russisch PGBJ; Polish polnisch PGBF;
Swiss schweizerisch PGFB; Austrian österreichisch PGFH
"""

# Adjectives that take no intensifier (absolute or relational).
ABSOLUTE = """
wooden broken empty full electric legal private public former daily annual golden silver ancient
raw German French English Italian Spanish Russian Polish Swiss Austrian blind secret free local
foreign right wrong official delicious great terrible political rotten
"""
# Adjectives that stand only before a noun.
ATTRIBUTIVE_ONLY = "former local foreign daily annual legal political silver"

# English, German; `die_` where German has an article.
CITIES = """
Berlin Berlin; London London; Paris Paris; Munich München; Vienna Wien; Rome Rom; Hamburg Hamburg;
Cologne Köln; Prague Prag; Moscow Moskau; Warsaw Warschau; Brussels Brüssel; Geneva Genf;
Venice Venedig; Milan Mailand; Dresden Dresden; Leipzig Leipzig; Zurich Zürich; Lisbon Lissabon;
Athens Athen; Copenhagen Kopenhagen; Madrid Madrid; Oslo Oslo; Naples Neapel; Hanover Hannover;
Nuremberg Nürnberg; Florence Florenz; Salzburg Salzburg; Bremen Bremen; Boston Boston
"""
COUNTRIES = """
Germany Deutschland; France Frankreich; Italy Italien; Spain Spanien; Austria Österreich;
Poland Polen; Russia Russland; England England; Switzerland die_Schweiz; Turkey die_Türkei;
Norway Norwegen; Sweden Schweden; Greece Griechenland; Hungary Ungarn; Japan Japan; China China;
Ukraine die_Ukraine; Belgium Belgien; Denmark Dänemark; Portugal Portugal;
Georgia Georgien; Jordan Jordanien
"""
ORGANISATIONS = """
Siemens Bosch Lufthansa Telekom Adidas Bayer Porsche Nestlé Nokia Samsung Volvo Interpol
Greenpeace Unicef Reuters Miele
"""
MALE = """
Peter Thomas Martin Paul Karl Hans Michael David Stefan Jakob Felix Lukas Max Anton Robert Oskar
Emil Daniel Simon Georg Otto Walter Fritz Klaus Erik Leon Jonas Moritz Ludwig Konrad Jordan
"""
FEMALE = """
Anna Maria Julia Laura Sophie Lena Clara Emma Helene Ida Martha Eva Susanne Petra Monika Nina Lisa
Katharina Johanna Paula Greta Luise Marlene Frieda Hanna Charlotte Olga Vera Rosa Elisabeth
Georgia Florence
"""
SURNAMES = """
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter
Klein Wolf Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Werner Krause Lehmann Köhler
Maier Vogel Keller Frank
Bosch Bayer Siemens
"""
# English, German nominative, German in the other cases.
TITLES = "Mr Herr Herrn; Mrs Frau Frau; Dr Dr. Dr.; Professor Professor Professor"

# Adverbs: how often, how surely (with the factor on the event's factuality), in which way.
FREQUENCY = """
often oft; never nie; always immer; sometimes manchmal; rarely selten; already schon;
usually meistens; finally endlich; immediately sofort; secretly heimlich; suddenly plötzlich;
still noch
"""
SENTENCE_ADVERBS = """
probably wahrscheinlich 0.5; perhaps vielleicht 0.25; certainly sicherlich 0.875;
obviously offensichtlich 0.875; allegedly angeblich 0.375; fortunately glücklicherweise 1;
unfortunately leider 1; apparently anscheinend 0.625; possibly möglicherweise 0.25;
surprisingly überraschenderweise 1
"""
MANNER = """
quickly schnell; slowly langsam; carefully vorsichtig; quietly leise; loudly laut;
happily fröhlich; angrily wütend; well gut; badly schlecht; together zusammen; alone allein;
proudly stolz; patiently geduldig; nervously nervös; bravely tapfer; politely höflich;
skilfully geschickt; reluctantly ungern; gladly gern; silently schweigend; thoroughly gründlich;
eagerly eifrig
"""
INTENSIFIERS = """
very sehr; extremely äußerst; rather ziemlich; quite recht; unusually ungewöhnlich
"""
# Adjective, comparative, German comparative.
COMPARATIVE = """
old older älter; young younger jünger; big bigger größer; small smaller kleiner;
rich richer reicher; poor poorer ärmer; strong stronger stärker; weak weaker schwächer;
fast faster schneller; slow slower langsamer; tall taller größer; expensive more_expensive teurer;
cheap cheaper billiger; important more_important wichtiger; heavy heavier schwerer;
beautiful more_beautiful schöner; dangerous more_dangerous gefährlicher;
famous more_famous berühmter; clever cleverer klüger; interesting more_interesting interessanter;
difficult more_difficult schwieriger
"""

DAYS = """
Monday Montag; Tuesday Dienstag; Wednesday Mittwoch; Thursday Donnerstag; Friday Freitag;
Saturday Samstag; Sunday Sonntag
"""
MONTHS = """
January Januar; February Februar; March März; April April; May Mai; June Juni; July Juli; August
August; September September; October Oktober; November November; December Dezember
"""
SEASONS = "spring Frühling; summer Sommer; autumn Herbst; winter Winter"
DAYTIMES = "morning Morgen; evening Abend; afternoon Nachmittag; night Nacht"
# English, German singular and plural, gender: two hours ago, for three weeks, last year, next week.
UNITS = """
hour Stunde Stunden f; day Tag Tage m; week Woche Wochen f; month Monat Monate m;
year Jahr Jahre n; minute Minute Minuten f
"""
NUMBERS = """
two zwei; three drei; four vier; five fünf; six sechs; seven sieben; eight acht; nine neun;
ten zehn; twelve zwölf; twenty zwanzig
"""

# Subordinators: English, German, part of speech, semantic tag.
SUBORDINATORS = """
because weil IN CAU; although obwohl IN CNT; while während IN WHN; when wenn WRB WHN;
before bevor IN WHN; until bis IN WHN; after nachdem IN WHN; if wenn IN IMP
"""

# Relations of a prepositional phrase to its head: name; English preposition, its SNACS role and
# function; German preposition (none: a plain genitive) and its case (two-way: dative for a place,
# accusative for a direction).
PLACES = """
location    in          Locus Locus in          two-way;
destination to          Goal  Goal  zu          dat;
at          at          Locus Locus in          dat;
near        near        Locus Locus in_der_Nähe gen;
on          on          Locus Locus auf         two-way;
behind      behind      Locus Locus hinter      two-way;
in_front_of in_front_of Locus Locus vor         two-way;
next_to     next_to     Locus Locus neben       two-way;
under       under       Locus Locus unter       two-way
"""
OTHER_RELATIONS = """
cause          because_of Explanation    Explanation  wegen   gen;
feeling        with       Explanation    Accompanier  vor     dat;
instrument     with       Instrument     Instrument   mit     dat;
means          by         Means          Instrument   mit     dat;
beneficiary    for        Beneficiary    Beneficiary  für     acc;
company        with       Accompanier    Accompanier  mit     dat;
absence        without    Accompanier    Accompanier  ohne    acc;
obstacle       despite    Circumstance   Circumstance trotz   gen;
during         during     Time           Duration     während gen;
after          after      Time           Time         nach    dat;
before         before     Time           Time         vor     dat;
purpose        for        Purpose        Purpose      für     acc;
recipient      for        Recipient      Purpose      für     acc;
origin         from       Source         Source       aus     dat;
topic          about      Topic          Topic        über    acc;
subject        on         Topic          Locus        über    acc;
characteristic with       Characteristic Accompanier  mit     dat;
possession     with       Possession     Accompanier  mit     dat;
whole          of         Whole          Gestalt      none    gen;
originator     of         Originator     Gestalt      none    gen;
gestalt        of         Gestalt        Gestalt      none    gen;
member         of         OrgMember      Gestalt      none    gen
"""

# Outdoor places that English is "on" rather than "in".
ON_PLACES = """
island street field meadow bridge square market path hill mountain cemetery coast beach bank
"""
# German for English "in" or "on" a place where it is not "in": preposition, then English nouns.
IN_OR_ON = """
auf attic island street field meadow bridge square market path hill mountain cemetery
an coast beach bank
"""
# German for English "at" where it is not "an" (outdoors), "bei" (events) or "in" (buildings).
AT = """
auf market party wedding festival conference square cemetery funeral exhibition island field meadow
auf mountain hill street path
in meeting concert harbour court lecture village city garden forest park valley desert cave swamp
in vineyard
an beach lake river coast university bridge
bei dinner breakfast trial performance
"""
