"""English nouns with their German translations.

One entry: `english german gender plural [options]`, entries separated by `;`, spaces inside a name
written `_`. Gender is m, f or n; `mw` is a masculine of the weak declension (all cases but the
nominative singular end in -n). Plural `-` means uncountable. Options: `gen=` a genitive that the
rule in `morphology` would get wrong, `pl=` an irregular English plural, `fem=` the German word for
a woman of that role (`+` adds -in to the masculine), `sex=` natural gender where it is fixed (m, f)
or never told (n).

The same English word may stand in several classes: those are the homographs, and the sampler lets
them in only where the context tells them apart.
"""

# Class letters; verbs, adjectives and prepositions name the classes they go with.
CLASSES = {
    "P": "person", "A": "animal", "F": "food", "D": "drink", "T": "tool", "B": "document",
    "K": "small thing", "S": "vessel", "C": "clothing", "V": "vehicle", "H": "building",
    "R": "room", "O": "outdoor place", "U": "furniture", "E": "event", "G": "organisation",
    "X": "idea", "L": "plant", "Z": "bodily feature", "J": "work of art", "W": "device",
    "Y": "part of a building", "I": "musical instrument", "M": "money", "N": "emotion",
}  # fmt: skip

NOUNS = {
    "P": """
teacher Lehrer m Lehrer fem=+; farmer Bauer mw Bauern fem=Bäuerin; doctor Arzt m Ärzte fem=Ärztin;
child Kind n Kinder pl=children sex=n; woman Frau f Frauen pl=women sex=f;
man Mann m Männer pl=men sex=m; friend Freund m Freunde fem=+;
neighbour Nachbar mw Nachbarn fem=+; student Student mw Studenten fem=+;
boy Junge mw Jungen sex=m; girl Mädchen n Mädchen sex=f; mother Mutter f Mütter sex=f;
father Vater m Väter sex=m; brother Bruder m Brüder sex=m; sister Schwester f Schwestern sex=f;
lawyer Anwalt m Anwälte fem=Anwältin; cook Koch m Köche fem=Köchin; baker Bäcker m Bäcker fem=+;
gardener Gärtner m Gärtner fem=+; pupil Schüler m Schüler fem=+; king König m Könige sex=m;
queen Königin f Königinnen sex=f; soldier Soldat mw Soldaten fem=+; thief Dieb m Diebe fem=+;
judge Richter m Richter fem=+; witness Zeuge mw Zeugen fem=Zeugin;
journalist Journalist mw Journalisten fem=+; artist Künstler m Künstler fem=+;
painter Maler m Maler fem=+; singer Sänger m Sänger fem=+; dancer Tänzer m Tänzer fem=+;
actor Schauspieler m Schauspieler fem=+; writer Schriftsteller m Schriftsteller fem=+;
poet Dichter m Dichter fem=+; photographer Fotograf mw Fotografen fem=+;
engineer Ingenieur m Ingenieure fem=+; mechanic Mechaniker m Mechaniker fem=+;
driver Fahrer m Fahrer fem=+; pilot Pilot mw Piloten fem=+; captain Kapitän m Kapitäne fem=+;
sailor Matrose mw Matrosen sex=m; fisherman Fischer m Fischer pl=fishermen sex=m;
hunter Jäger m Jäger fem=+; shepherd Hirte mw Hirten fem=Hirtin; butcher Metzger m Metzger fem=+;
carpenter Tischler m Tischler fem=+; tailor Schneider m Schneider fem=+;
shoemaker Schuster m Schuster fem=+; hairdresser Friseur m Friseure fem=+;
waiter Kellner m Kellner sex=m; waitress Kellnerin f Kellnerinnen sex=f;
seller Verkäufer m Verkäufer fem=+; merchant Händler m Händler fem=+;
customer Kunde mw Kunden fem=Kundin; guest Gast m Gäste sex=n; tourist Tourist mw Touristen fem=+;
mayor Bürgermeister m Bürgermeister fem=+; president Präsident mw Präsidenten fem=+;
minister Minister m Minister fem=+; ambassador Botschafter m Botschafter fem=+;
policeman Polizist mw Polizisten pl=policemen sex=m; detective Detektiv m Detektive fem=+;
expert Experte mw Experten fem=Expertin; scientist Wissenschaftler m Wissenschaftler fem=+;
researcher Forscher m Forscher fem=+; professor Professor m Professoren fem=+;
chemist Chemiker m Chemiker fem=+; director Direktor m Direktoren fem=+; boss Chef m Chefs fem=+;
worker Arbeiter m Arbeiter fem=+; colleague Kollege mw Kollegen fem=Kollegin;
secretary Sekretär m Sekretäre fem=+; nurse Krankenschwester f Krankenschwestern sex=f;
grandmother Großmutter f Großmütter sex=f; grandfather Großvater m Großväter sex=m;
uncle Onkel m Onkel sex=m; aunt Tante f Tanten sex=f; nephew Neffe mw Neffen sex=m;
niece Nichte f Nichten sex=f; son Sohn m Söhne sex=m; daughter Tochter f Töchter sex=f;
wife Ehefrau f Ehefrauen pl=wives sex=f; husband Ehemann m Ehemänner sex=m;
baby Baby n Babys sex=n; enemy Feind m Feinde fem=+; hero Held mw Helden fem=+ pl=heroes;
giant Riese mw Riesen sex=m; monk Mönch m Mönche sex=m; nun Nonne f Nonnen sex=f;
priest Priester m Priester fem=+; prince Prinz mw Prinzen sex=m;
princess Prinzessin f Prinzessinnen sex=f; knight Ritter m Ritter sex=m;
emperor Kaiser m Kaiser sex=m; player Spieler m Spieler fem=+; coach Trainer m Trainer fem=+;
winner Sieger m Sieger fem=+; athlete Sportler m Sportler fem=+;
swimmer Schwimmer m Schwimmer fem=+; reader Leser m Leser fem=+; author Autor m Autoren fem=+;
translator Übersetzer m Übersetzer fem=+; librarian Bibliothekar m Bibliothekare fem=+;
guard Wächter m Wächter fem=+; owner Besitzer m Besitzer fem=+; heir Erbe mw Erben fem=Erbin;
clown Clown m Clowns sex=m; magician Zauberer m Zauberer fem=Zauberin;
musician Musiker m Musiker fem=+; pianist Pianist mw Pianisten fem=+;
composer Komponist mw Komponisten fem=+; philosopher Philosoph mw Philosophen fem=+;
historian Historiker m Historiker fem=+; politician Politiker m Politiker fem=+;
candidate Kandidat mw Kandidaten fem=+; citizen Bürger m Bürger fem=+;
inhabitant Bewohner m Bewohner fem=+; refugee Flüchtling m Flüchtlinge sex=n;
twin Zwilling m Zwillinge sex=n; editor Redakteur m Redakteure fem=+;
servant Diener m Diener fem=+; speaker Redner m Redner fem=+; fan Anhänger m Anhänger fem=+;
patient Patient mw Patienten fem=+; architect Architekt mw Architekten fem=+;
passenger Passagier m Passagiere fem=+; visitor Besucher m Besucher fem=+;
inspector Inspektor m Inspektoren fem=+; robber Räuber m Räuber fem=+; witch Hexe f Hexen sex=f;
spy Spion m Spione fem=+; cyclist Radfahrer m Radfahrer fem=+; tenant Mieter m Mieter fem=+;
physicist Physiker m Physiker fem=+
""",
    "A": """
dog Hund m Hunde; cat Katze f Katzen; horse Pferd n Pferde; cow Kuh f Kühe; bird Vogel m Vögel;
sheep Schaf n Schafe pl=sheep; pig Schwein n Schweine; goat Ziege f Ziegen; chicken Huhn n Hühner;
mouse Maus f Mäuse pl=mice; wolf Wolf m Wölfe pl=wolves; bear Bär mw Bären; fox Fuchs m Füchse;
lion Löwe mw Löwen; monkey Affe mw Affen; elephant Elefant mw Elefanten;
rabbit Kaninchen n Kaninchen; hare Hase mw Hasen; duck Ente f Enten; goose Gans f Gänse pl=geese;
snake Schlange f Schlangen; frog Frosch m Frösche; bee Biene f Bienen; eagle Adler m Adler;
owl Eule f Eulen; deer Hirsch m Hirsche pl=deer; donkey Esel m Esel; camel Kamel n Kamele;
tiger Tiger m Tiger; whale Wal m Wale; parrot Papagei mw Papageien;
squirrel Eichhörnchen n Eichhörnchen; hedgehog Igel m Igel; turtle Schildkröte f Schildkröten;
rat Ratte f Ratten; bat Fledermaus f Fledermäuse; crane Kranich m Kraniche; seal Robbe f Robben;
bull Stier m Stiere; puppy Welpe mw Welpen; swan Schwan m Schwäne; spider Spinne f Spinnen
""",
    "F": """
bread Brot n Brote; apple Apfel m Äpfel; cake Kuchen m Kuchen; soup Suppe f Suppen; egg Ei n Eier;
cheese Käse m -; meat Fleisch n -; fish Fisch m Fische pl=fish; potato Kartoffel f Kartoffeln;
salad Salat m Salate; rice Reis m -; butter Butter f -; sausage Wurst f Würste;
pear Birne f Birnen; cherry Kirsche f Kirschen; carrot Karotte f Karotten;
tomato Tomate f Tomaten; onion Zwiebel f Zwiebeln; ham Schinken m Schinken; honey Honig m -;
chocolate Schokolade f -; biscuit Keks m Kekse; pancake Pfannkuchen m Pfannkuchen;
noodle Nudel f Nudeln; grape Traube f Trauben; strawberry Erdbeere f Erdbeeren; nut Nuss f Nüsse;
plum Pflaume f Pflaumen; date Dattel f Datteln; jam Marmelade f Marmeladen; mushroom Pilz m Pilze;
lemon Zitrone f Zitronen; dessert Nachtisch m Nachtische; pea Erbse f Erbsen;
roll Brötchen n Brötchen
""",
    "D": """
water Wasser n -; coffee Kaffee m -; tea Tee m -; milk Milch f -; wine Wein m -; beer Bier n -;
juice Saft m -; lemonade Limonade f -; cocoa Kakao m -; brandy Weinbrand m -
""",
    "T": """
knife Messer n Messer pl=knives; hammer Hammer m Hämmer; axe Axt f Äxte; saw Säge f Sägen;
needle Nadel f Nadeln; brush Pinsel m Pinsel; spoon Löffel m Löffel; fork Gabel f Gabeln;
shovel Schaufel f Schaufeln; stick Stock m Stöcke; rope Seil n Seile; stone Stein m Steine;
sword Schwert n Schwerter; ladder Leiter f Leitern; bat Schläger m Schläger; file Feile f Feilen;
club Keule f Keulen; whip Peitsche f Peitschen; screwdriver Schraubenzieher m Schraubenzieher;
spade Spaten m Spaten; rake Rechen m Rechen; drill Bohrer m Bohrer; broom Besen m Besen
""",
    "B": """
book Buch n Bücher; letter Brief m Briefe; newspaper Zeitung f Zeitungen;
report Bericht m Berichte; article Artikel m Artikel; contract Vertrag m Verträge;
map Karte f Karten; novel Roman m Romane; bill Rechnung f Rechnungen;
magazine Zeitschrift f Zeitschriften; poem Gedicht n Gedichte; diary Tagebuch n Tagebücher;
dictionary Wörterbuch n Wörterbücher; note Notiz f Notizen; list Liste f Listen;
message Nachricht f Nachrichten; email E-Mail f E-Mails; postcard Postkarte f Postkarten;
recipe Rezept n Rezepte; document Dokument n Dokumente; essay Aufsatz m Aufsätze;
file Akte f Akten; table Tabelle f Tabellen; textbook Lehrbuch n Lehrbücher;
brochure Broschüre f Broschüren; passport Pass m Pässe gen=Passes; notebook Heft n Hefte;
invitation Einladung f Einladungen; manuscript Manuskript n Manuskripte;
calendar Kalender m Kalender; fairy_tale Märchen n Märchen; speech Rede f Reden
""",
    "K": """
key Schlüssel m Schlüssel; ring Ring m Ringe; ball Ball m Bälle; coin Münze f Münzen;
watch Uhr f Uhren; stamp Briefmarke f Briefmarken; candle Kerze f Kerzen;
pencil Bleistift m Bleistifte; umbrella Regenschirm m Regenschirme; toy Spielzeug n Spielzeuge;
doll Puppe f Puppen; gift Geschenk n Geschenke; parcel Paket n Pakete;
wallet Geldbeutel m Geldbeutel; button Knopf m Knöpfe; pillow Kissen n Kissen;
blanket Decke f Decken; towel Handtuch n Handtücher; mirror Spiegel m Spiegel;
match Streichholz n Streichhölzer; board Brett n Bretter; seal Siegel n Siegel;
nut Mutter f Muttern; pipe Pfeife f Pfeifen; necklace Halskette f Halsketten;
jewel Juwel n Juwelen; ticket Fahrkarte f Fahrkarten; flag Fahne f Fahnen; comb Kamm m Kämme;
pearl Perle f Perlen
""",
    "S": """
bottle Flasche f Flaschen; glass Glas n Gläser; cup Tasse f Tassen; plate Teller m Teller;
vase Vase f Vasen; bucket Eimer m Eimer; pot Topf m Töpfe; bowl Schüssel f Schüsseln;
basket Korb m Körbe; box Kiste f Kisten; suitcase Koffer m Koffer; bag Tasche f Taschen;
barrel Fass n Fässer gen=Fasses; jug Krug m Krüge; sack Sack m Säcke; tank Tank m Tanks;
pan Pfanne f Pfannen; backpack Rucksack m Rucksäcke
""",
    "C": """
coat Mantel m Mäntel; hat Hut m Hüte; shirt Hemd n Hemden; dress Kleid n Kleider;
shoe Schuh m Schuhe; jacket Jacke f Jacken; skirt Rock m Röcke; scarf Schal m Schals pl=scarves;
glove Handschuh m Handschuhe; cap Mütze f Mützen; boot Stiefel m Stiefel; suit Anzug m Anzüge;
tie Krawatte f Krawatten; sweater Pullover m Pullover; apron Schürze f Schürzen;
belt Gürtel m Gürtel; uniform Uniform f Uniformen; mask Maske f Masken
""",
    "V": """
car Auto n Autos; train Zug m Züge; bus Bus m Busse gen=Busses; bicycle Fahrrad n Fahrräder;
ship Schiff n Schiffe; boat Boot n Boote; plane Flugzeug n Flugzeuge;
tram Straßenbahn f Straßenbahnen; truck Lastwagen m Lastwagen; taxi Taxi n Taxis;
ferry Fähre f Fähren; motorcycle Motorrad n Motorräder; carriage Kutsche f Kutschen;
tank Panzer m Panzer; coach Reisebus m Reisebusse gen=Reisebusses;
ambulance Krankenwagen m Krankenwagen; tractor Traktor m Traktoren; sledge Schlitten m Schlitten
""",
    "H": """
house Haus n Häuser; church Kirche f Kirchen; school Schule f Schulen;
hospital Krankenhaus n Krankenhäuser; museum Museum n Museen; hotel Hotel n Hotels;
factory Fabrik f Fabriken; castle Schloss n Schlösser gen=Schlosses; theatre Theater n Theater;
library Bibliothek f Bibliotheken; shop Laden m Läden; restaurant Restaurant n Restaurants;
prison Gefängnis n Gefängnisse; tower Turm m Türme; bakery Bäckerei f Bäckereien;
pharmacy Apotheke f Apotheken; mill Mühle f Mühlen; cinema Kino n Kinos; hut Hütte f Hütten;
monastery Kloster n Klöster; palace Palast m Paläste; bank Bank f Banken; plant Werk n Werke;
barn Scheune f Scheunen; inn Gasthaus n Gasthäuser; embassy Botschaft f Botschaften;
stadium Stadion n Stadien; university Universität f Universitäten;
supermarket Supermarkt m Supermärkte; warehouse Lagerhaus n Lagerhäuser
""",
    "R": """
kitchen Küche f Küchen; room Zimmer n Zimmer; cellar Keller m Keller; office Büro n Büros;
hall Saal m Säle; classroom Klassenzimmer n Klassenzimmer; bathroom Badezimmer n Badezimmer;
attic Dachboden m Dachböden; corridor Flur m Flure; workshop Werkstatt f Werkstätten;
laboratory Labor n Labore; garage Garage f Garagen; bedroom Schlafzimmer n Schlafzimmer;
flat Wohnung f Wohnungen; cell Zelle f Zellen; studio Atelier n Ateliers; tent Zelt n Zelte
""",
    "O": """
garden Garten m Gärten; forest Wald m Wälder; park Park m Parks; city Stadt f Städte;
village Dorf n Dörfer; field Feld n Felder; river Fluss m Flüsse gen=Flusses;
lake See m Seen gen=Sees; mountain Berg m Berge; street Straße f Straßen; valley Tal n Täler;
island Insel f Inseln; square Platz m Plätze; harbour Hafen m Häfen; meadow Wiese f Wiesen;
bridge Brücke f Brücken; beach Strand m Strände; desert Wüste f Wüsten; cave Höhle f Höhlen;
cemetery Friedhof m Friedhöfe; court Hof m Höfe; bank Ufer n Ufer; spring Quelle f Quellen;
swamp Sumpf m Sümpfe; path Weg m Wege; market Markt m Märkte; lock Schleuse f Schleusen;
vineyard Weinberg m Weinberge; hill Hügel m Hügel; coast Küste f Küsten
""",
    "U": """
table Tisch m Tische; chair Stuhl m Stühle; bed Bett n Betten; cupboard Schrank m Schränke;
shelf Regal n Regale pl=shelves; sofa Sofa n Sofas; desk Schreibtisch m Schreibtische;
bench Bank f Bänke; carpet Teppich m Teppiche; armchair Sessel m Sessel; stove Herd m Herde;
chest Truhe f Truhen; cabinet Schrank m Schränke; drawer Schublade f Schubladen;
cradle Wiege f Wiegen; counter Theke f Theken; stool Hocker m Hocker;
mattress Matratze f Matratzen
""",
    "E": """
concert Konzert n Konzerte; meeting Sitzung f Sitzungen; wedding Hochzeit f Hochzeiten;
party Feier f Feiern; war Krieg m Kriege; festival Fest n Feste; trip Reise f Reisen;
exam Prüfung f Prüfungen; lesson Unterrichtsstunde f Unterrichtsstunden; match Spiel n Spiele;
exhibition Ausstellung f Ausstellungen; election Wahl f Wahlen;
conference Konferenz f Konferenzen; funeral Beerdigung f Beerdigungen; holiday Urlaub m Urlaube;
storm Sturm m Stürme; trial Prozess m Prozesse; lecture Vorlesung f Vorlesungen;
race Rennen n Rennen; date Verabredung f Verabredungen; jam Stau m Staus; strike Streik m Streiks;
fire Brand m Brände; accident Unfall m Unfälle; performance Aufführung f Aufführungen;
dinner Abendessen n Abendessen; breakfast Frühstück n Frühstücke; visit Besuch m Besuche;
operation Operation f Operationen; debate Debatte f Debatten
""",
    "G": """
company Firma f Firmen; government Regierung f Regierungen; party Partei f Parteien;
team Mannschaft f Mannschaften; family Familie f Familien; army Armee f Armeen;
club Verein m Vereine; orchestra Orchester n Orchester; board Vorstand m Vorstände;
cabinet Kabinett n Kabinette; court Gericht n Gerichte; ministry Ministerium n Ministerien;
association Verband m Verbände; committee Ausschuss m Ausschüsse gen=Ausschusses;
parliament Parlament n Parlamente; union Gewerkschaft f Gewerkschaften; police Polizei f -;
choir Chor m Chöre; band Band f Bands; authority Behörde f Behörden
""",
    "X": """
plan Plan m Pläne; idea Idee f Ideen; problem Problem n Probleme; question Frage f Fragen;
answer Antwort f Antworten; law Gesetz n Gesetze; decision Entscheidung f Entscheidungen;
story Geschichte f Geschichten; secret Geheimnis n Geheimnisse; mistake Fehler m Fehler;
truth Wahrheit f Wahrheiten; rule Regel f Regeln; project Projekt n Projekte;
proposal Vorschlag m Vorschläge; theory Theorie f Theorien; reason Grund m Gründe;
dream Traum m Träume; danger Gefahr f Gefahren; solution Lösung f Lösungen;
bill Gesetzentwurf m Gesetzentwürfe; case Fall m Fälle; record Rekord m Rekorde;
suit Klage f Klagen; offer Angebot n Angebote; result Ergebnis n Ergebnisse;
experiment Experiment n Experimente; advice Rat m -; wish Wunsch m Wünsche; goal Ziel n Ziele;
method Methode f Methoden; reform Reform f Reformen; agreement Abkommen n Abkommen;
promise Versprechen n Versprechen; lie Lüge f Lügen; joke Witz m Witze; rumour Gerücht n Gerüchte;
demand Forderung f Forderungen; opinion Meinung f Meinungen; task Aufgabe f Aufgaben;
warning Warnung f Warnungen
""",
    "L": """
tree Baum m Bäume; flower Blume f Blumen; rose Rose f Rosen; plant Pflanze f Pflanzen;
bush Busch m Büsche; oak Eiche f Eichen; grass Gras n Gräser; palm Palme f Palmen;
tulip Tulpe f Tulpen; fir Tanne f Tannen; bulb Zwiebel f Zwiebeln; leaf Blatt n Blätter pl=leaves;
birch Birke f Birken; lily Lilie f Lilien
""",
    "Z": """
beard Bart m Bärte; nose Nase f Nasen; scar Narbe f Narben; voice Stimme f Stimmen;
face Gesicht n Gesichter; eye Auge n Augen; hand Hand f Hände; tail Schwanz m Schwänze;
ear Ohr n Ohren; leg Bein n Beine; head Kopf m Köpfe; mouth Mund m Münder; chest Brust f Brüste;
pupil Pupille f Pupillen; back Rücken m Rücken
""",
    "J": """
picture Bild n Bilder; film Film m Filme; song Lied n Lieder; photo Foto n Fotos;
statue Statue f Statuen; painting Gemälde n Gemälde; play Theaterstück n Theaterstücke;
opera Oper f Opern; record Schallplatte f Schallplatten; portrait Porträt n Porträts;
drawing Zeichnung f Zeichnungen; sculpture Skulptur f Skulpturen; melody Melodie f Melodien
""",
    "W": """
computer Computer m Computer; lamp Lampe f Lampen; radio Radio n Radios; phone Telefon n Telefone;
camera Kamera f Kameras; machine Maschine f Maschinen; television Fernseher m Fernseher;
engine Motor m Motoren; fridge Kühlschrank m Kühlschränke; light Licht n Lichter;
crane Kran m Kräne; speaker Lautsprecher m Lautsprecher; fan Ventilator m Ventilatoren;
bulb Glühbirne f Glühbirnen; clock Wanduhr f Wanduhren; telescope Fernrohr n Fernrohre;
robot Roboter m Roboter; iron Bügeleisen n Bügeleisen; oven Ofen m Öfen;
washing_machine Waschmaschine f Waschmaschinen; key Taste f Tasten
""",
    "Y": """
door Tür f Türen; window Fenster n Fenster; wall Wand f Wände; roof Dach n Dächer;
gate Tor n Tore; ceiling Decke f Decken; floor Boden m Böden; fence Zaun m Zäune;
chimney Schornstein m Schornsteine; pipe Rohr n Rohre; balcony Balkon m Balkone;
lift Aufzug m Aufzüge; lock Schloss n Schlösser gen=Schlosses
""",
    "I": """
piano Klavier n Klaviere; violin Geige f Geigen; guitar Gitarre f Gitarren; flute Flöte f Flöten;
drum Trommel f Trommeln; trumpet Trompete f Trompeten; organ Orgel f Orgeln; cello Cello n Cellos;
harp Harfe f Harfen
""",
    "M": """
money Geld n -; salary Gehalt n Gehälter; rent Miete f Mieten; price Preis m Preise;
tax Steuer f Steuern; debt Schuld f Schulden; fee Gebühr f Gebühren; wage Lohn m Löhne;
reward Belohnung f Belohnungen
""",
    "N": """
fear Angst f -; joy Freude f -; anger Wut f -; hunger Hunger m -; pain Schmerz m -;
cold Kälte f -; excitement Aufregung f -
""",
}  # fmt: skip

# First parts of compounds: English noun, German combining form. Any head below may follow; English
# writes two words, German one.
COMPOUND_FIRST = """
kitchen Küchen; garden Garten; school Schul; hospital Krankenhaus; hotel Hotel; city Stadt;
village Dorf; church Kirchen; museum Museums; factory Fabrik; castle Schloss; summer Sommer;
winter Winter; office Büro; cellar Keller; iron Eisen; wood Holz; glass Glas; steel Stahl;
stone Stein; theatre Theater; prison Gefängnis; family Familien; monastery Kloster;
library Bibliotheks; company Firmen; holiday Urlaubs; harbour Hafen; forest Wald; farm Bauern;
emergency Not; guest Gäste; main Haupt; government Regierungs; war Kriegs
"""
# Nouns above (in their first class) that take such a first part.
COMPOUND_HEADS = """
door window wall roof table chair lamp key gate garden kitchen hall tower bridge bench clock stove
cupboard carpet house street cat dog flower photo book plan wedding concert
shelf bed pot cook director
"""
