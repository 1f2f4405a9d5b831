"""English verbs with their German translations, by frame.

One verb a line: English, German, classes, options. English: lemma, then past and participle where
irregular (`give,gave,given`; one form serves both), `+` and a particle. German: infinitive, then
third person singular, preterite and participle where strong (`geben,gibt,gab,gegeben`); `an+rufen`
is separable, `sich_` reflexive, `es_` adds the object es that points ahead to the infinitive, a
final `*` takes the auxiliary sein, `:a` and `:d` give the case of the object. Classes are those of
the subject and of as many objects as `FRAMES` says: letters of `nouns.CLASSES`, `@` a set below.

Options: `fact=a/b` is the factuality of the complement under a positive and a negative matrix
clause, `prep=english:german:case` a governed preposition (`_`: German has none); `nopass` allows no
passive, `ins` allows an instrument, `perc` an optical instrument.

Verbs that share an English lemma differ in their classes or in the frame, so the context decides
which German verb is meant.
"""

SETS = {
    "@T": "BKSCTJIW",  # what one can carry
    "@A": "PA",
    "@P": "PG",
    "@L": "HRO",
    "@E": "FD",
}

INTRANSITIVE = """
sleep,slept schlafen,schläft,schlief,geschlafen @A
laugh lachen P
cry,cried weinen P
work arbeiten P
dance tanzen P
sing,sang,sung singen,singt,sang,gesungen PA
wait warten P
smile lächeln P
swim,swam,swum schwimmen,schwimmt,schwamm,geschwommen* @A
die sterben,stirbt,starb,gestorben* PAL
disappear verschwinden,verschwindet,verschwand,verschwunden* PAKVB
arrive an+kommen,kommt,kam,gekommen* PVB
wake,woke,woken+up auf+wachen* @A
get,got,got+up auf+stehen,steht,stand,gestanden* P
set,set,set+off ab+fahren,fährt,fuhr,gefahren* V
bark bellen A
grow,grew,grown wachsen,wächst,wuchs,gewachsen* LGM
burn brennen,brennt,brannte,gebrannt HLS
explode explodieren* HWV
lie,lied lügen,lügt,log,gelogen P
hesitate zögern P
complain sich_beschweren P
apologize sich_entschuldigen P
rest sich_aus+ruhen @A
hurry sich_beeilen P
smoke rauchen P
travel reisen* P
play spielen PA
fail scheitern* GX
resign zurück+treten,tritt,trat,getreten* P
escape entkommen,entkommt,entkam,entkommen* @A
win,won gewinnen,gewinnt,gewann,gewonnen G
freeze,froze,frozen frieren,friert,fror,gefroren PA
tremble zittern PA
start beginnen,beginnt,begann,begonnen E
begin,began,begun an+fangen,fängt,fing,gefangen E
end enden E
take,took,taken+place statt+finden,findet,fand,gefunden E
break,broke,broken+down zusammen+brechen,bricht,brach,gebrochen* WG
melt,melted schmelzen,schmilzt,schmolz,geschmolzen* D
ripen reifen* F
ring,rang,rung klingeln W
stop,stopped an+halten,hält,hielt,gehalten V
stop,stopped auf+hören E
fall,fell,fallen+asleep ein+schlafen,schläft,schlief,geschlafen* @A
give,gave,given+up auf+geben,gibt,gab,gegeben P
come,came,come+back zurück+kommen,kommt,kam,gekommen* P
bloom blühen L
rise,rose,risen steigen,steigt,stieg,gestiegen* M
fall,fell,fallen sinken,sinkt,sank,gesunken* M
fall,fell,fallen stürzen* P
fight,fought kämpfen PA
read,read lesen,liest,las,gelesen P
cook kochen P
train trainieren P
strike,struck streiken G
"""

TRANSITIVE = """
buy,bought kaufen @P BKSCTJIWVHLFD
sell,sold verkaufen @P BKSCTJIWVHLFD
see,saw,seen sehen,sieht,sah,gesehen @A PAVHLJBKSCTW perc
watch beobachten @A PAV perc
observe beobachten P AVE perc
find,found finden,findet,fand,gefunden @A BKSCTFA
lose,lost verlieren,verliert,verlor,verloren @P KBCM
read,read lesen,liest,las,gelesen P B
write,wrote,written schreiben,schreibt,schrieb,geschrieben P BJ
eat,ate,eaten essen,isst,aß,gegessen P F ins
eat,ate,eaten fressen,frisst,fraß,gefressen A FAL
drink,drank,drunk trinken,trinkt,trank,getrunken P D
drink,drank,drunk saufen,säuft,soff,gesoffen A D
cook kochen P F
bake backen,backt,backte,gebacken P F
cut,cut schneiden,schneidet,schnitt,geschnitten P FL ins
open öffnen P BSYVH ins
close schließen,schließt,schloss,geschlossen P YSHB
repair reparieren P WVYKI ins
build,built bauen @P HV
paint streichen,streicht,strich,gestrichen P YU ins
paint malen P J ins
clean putzen P YRCSUV ins
wash waschen,wäscht,wusch,gewaschen P CFAV
break,broke,broken zerbrechen,zerbricht,zerbrach,zerbrochen @A SK ins
break,broke,broken brechen,bricht,brach,gebrochen @P X
destroy zerstören PG HVJW ins
wear,wore,worn tragen,trägt,trug,getragen P C
carry,carried tragen,trägt,trug,getragen @A SBKAIU
pull,pulled ziehen,zieht,zog,gezogen @A SVU
push schieben,schiebt,schob,geschoben @A VU
love lieben @A PAFJL nopass
hate hassen @A PAFX nopass
kiss küssen P PZ
hug,hugged umarmen P P
hit,hit schlagen,schlägt,schlug,geschlagen P PA ins
catch,caught fangen,fängt,fing,gefangen @A A
catch,caught verhaften P P
hunt jagen @A A
chase verfolgen @A PAV
feed,fed füttern P A
kill,killed töten @A PA ins
bite,bit,bitten beißen,beißt,biss,gebissen A PAZ
visit besuchen @P PHEG
meet,met treffen,trifft,traf,getroffen P PG
know,knew,known kennen,kennt,kannte,gekannt P PGHBJX nopass
forget,forgot,forgotten vergessen,vergisst,vergaß,vergessen P XPKB
understand,understood verstehen,versteht,verstand,verstanden P XPB
explain erklären P XJB
solve lösen @P XE
discover entdecken @P XOALK
invent erfinden,erfindet,erfand,erfunden P WX
need brauchen @P BKTMWXPV nopass
save retten @P PAG
save sparen @P M
save speichern P B
fire entlassen,entlässt,entließ,entlassen G P
miss vermissen P PA nopass
miss verpassen P VE
raise heben,hebt,hob,gehoben P ZS
raise erhöhen G M
raise auf+ziehen,zieht,zog,gezogen A A
lower senken GP MZ
serve servieren P FD
call an+rufen,ruft,rief,gerufen P PG
order bestellen P FDBKCW
draw,drew,drawn zeichnen P JAL ins
draw,drew,drawn ziehen,zieht,zog,gezogen P ST
hold,held halten,hält,hielt,gehalten P BKSTZ
hold,held ab+halten,hält,hielt,gehalten G E
grow,grew,grown an+bauen P LF
plant pflanzen P L ins
water gießen,gießt,goss,gegossen P L
run,ran,run leiten P HGE
leave,left verlassen,verlässt,verließ,verlassen @A HORGP
enter betreten,betritt,betrat,betreten P RHO
play spielen P IEJ
ride,rode,ridden reiten,reitet,ritt,geritten P A nopass
ride,rode,ridden fahren,fährt,fuhr,gefahren P V nopass
drive,drove,driven fahren,fährt,fuhr,gefahren P V
park parken P V
book buchen P RE
pass bestehen,besteht,bestand,bestanden P E
pass verabschieden G X
lead,led führen P GAE
pay,paid bezahlen @P MPB
steal,stole,stolen stehlen,stiehlt,stahl,gestohlen P BKSCJWVAF
hide,hid,hidden verstecken @A BKSCFT
throw,threw,thrown werfen,wirft,warf,geworfen P KTS
turn+on ein+schalten P W
turn+off aus+schalten P W
put,put,put+on an+ziehen,zieht,zog,gezogen P C
take,took,taken+off aus+ziehen,zieht,zog,gezogen P C
throw,threw,thrown+away weg+werfen,wirft,warf,geworfen P BCFSK
pick+up ab+holen P PBK
clear+away weg+räumen P KST
invite ein+laden,lädt,lud,geladen @P PG
copy,copied ab+schreiben,schreibt,schrieb,geschrieben P BX
reject ab+lehnen @P X
accept an+nehmen,nimmt,nahm,genommen @P XKB
propose vor+schlagen,schlägt,schlug,geschlagen @P X
prepare vor+bereiten @P FEX
unpack aus+packen P SBK
pack ein+packen P CKB
switch wechseln P CG
cancel ab+sagen @P E
close,closed,closed+down schließen,schließt,schloss,geschlossen G HG
criticize kritisieren @P PGXJ
praise loben @P PGJX
support unterstützen @P PGX
attack an+greifen,greift,griff,gegriffen GA PAGO
defend verteidigen @P PGOX
win,won gewinnen,gewinnt,gewann,gewonnen P E
choose,chose,chosen wählen @P XGBC
elect wählen G P
examine untersuchen P PAXLKW
treat,treated behandeln P P
measure messen,misst,maß,gemessen P RYU ins
count zählen P MKA
collect sammeln P KBFL
hear,heard hören @A PAJE
greet begrüßen @P P
recognize erkennen,erkennt,erkannte,erkannt @A PAHXJ
admire bewundern P PAJHO
fear fürchten @A PAE nopass
interrupt unterbrechen,unterbricht,unterbrach,unterbrochen @P EP
organize organisieren @P E
protect schützen @P PAGL
publish veröffentlichen @P BX
translate übersetzen P B
sign,signed unterschreiben,unterschreibt,unterschrieb,unterschrieben P B
tear,tore,torn zerreißen,zerreißt,zerriss,zerrissen @A CB
found gründen P G
join verstärken PG G
review besprechen,bespricht,besprach,besprochen P BJX
tell,told erzählen P XJ
use benutzen @P TWVS
rent mieten P RHV
rent vermieten G RHV
lock verschließen,verschließt,verschloss,verschlossen P YH ins
light,lit an+zünden P K
shoot,shot erschießen,erschießt,erschoss,erschossen P A
shoot,shot drehen G J
beat,beat,beaten besiegen PG PG
check überprüfen @P BXW
try,tried probieren P FD
smell,smelled riechen,riecht,roch,gerochen A FPA
touch berühren P ZUSK
decorate schmücken P RLHU
sweep,swept fegen P RO ins
"""

DATIVE = """
help,helped helfen,hilft,half,geholfen @P PAG
thank danken P PG
follow folgen* @A PAV
trust vertrauen P PGA
believe glauben P P
answer antworten P P
congratulate gratulieren P P
obey gehorchen PA P
serve dienen P PG
advise raten,rät,riet,geraten P PG
threaten drohen PG PG
listen+to zu+hören P P
resemble ähneln PA PA
"""

DITRANSITIVE = """
give,gave,given geben,gibt,gab,gegeben @P BKSCTFDMJ
show,showed,shown zeigen P BKCHJAV
send,sent schicken @P BKC
bring,brought bringen,bringt,brachte,gebracht P BKSFDT
lend,lent leihen,leiht,lieh,geliehen @P MBTV
sell,sold verkaufen GP VHJ
promise versprechen,verspricht,versprach,versprochen @P MK
offer an+bieten,bietet,bot,geboten @P DFM
read,read+out vor+lesen,liest,las,gelesen P B
tell,told erzählen P X
write,wrote,written schreiben,schreibt,schrieb,geschrieben P B
teach,taught erklären P X
buy,bought kaufen P KCFJ
owe schulden @P M
recommend empfehlen,empfiehlt,empfahl,empfohlen P HBF
return zurück+geben,gibt,gab,gegeben @P BKTV
"""

PREPOSITIONAL = """
wait warten P PVEX prep=for:auf:a
look suchen @A PKBA prep=for:_:a
hope hoffen @P XE prep=for:auf:a
look auf+passen @P PAS prep=after:auf:a
care sich_kümmern @P PAL prep=for:um:a
pay,paid bezahlen @P BFK prep=for:_:a
ask bitten,bittet,bat,gebeten P MFX prep=for:um:a
think,thought denken,denkt,dachte,gedacht P PXE prep=of:an:a
think,thought nach+denken,denkt,dachte,gedacht P XEJ prep=about:über:a
dream,dreamed träumen P PHE prep=of:von:d
talk sprechen,spricht,sprach,gesprochen P PXEJ prep=about:über:a
complain sich_beschweren P PXE prep=about:über:a
laugh lachen P PXA prep=at:über:a
believe glauben P XPG prep=in:an:a
depend ab+hängen,hängt,hing,gehangen GX XGM prep=on:von:d
rely,relied sich_verlassen,verlässt,verließ,verlassen @P PGX prep=on:auf:a
insist bestehen,besteht,bestand,bestanden @P XM prep=on:auf:d
belong gehören BKV P prep=to:_:d
react reagieren @P XEB prep=to:auf:a
listen hören P J prep=to:_:a
look an+sehen,sieht,sah,gesehen @A PJA prep=at:_:a
apply,applied sich_bewerben,bewirbt,bewarb,beworben P M prep=for:um:a
fight,fought kämpfen @P PGX prep=against:gegen:a
protest protestieren @P XEG prep=against:gegen:a
vote stimmen @P XPG prep=for:für:a
vote stimmen @P XPG prep=against:gegen:a
suffer leiden,leidet,litt,gelitten @A N prep=from:unter:d
consist bestehen,besteht,bestand,bestanden B B prep=of:aus:d
participate teil+nehmen,nimmt,nahm,genommen @P E prep=in:an:d
work arbeiten @P XJ prep=on:an:d
write,wrote,written schreiben,schreibt,schrieb,geschrieben P PXE prep=about:über:a
deal,dealt sich_beschäftigen @P XJ prep=with:mit:d
argue streiten,streitet,stritt,gestritten P PG prep=with:mit:d
play spielen PA KAP prep=with:mit:d
search suchen @P KBS prep=for:nach:d
long sich_sehnen P HPE prep=for:nach:d
ask fragen P HPV prep=about:nach:d
recover sich_erholen PG E prep=from:von:d
"""

TRANSITIVE_PREP = """
ask bitten,bittet,bat,gebeten P P MFBX prep=for:um:a
remind erinnern PG P XE prep=of:an:a
warn warnen PG PG XAE prep=about:vor:d
protect schützen PG PA EA prep=from:vor:d
fill,filled füllen P S FDM prep=with:mit:d
provide versorgen G PG FD prep=with:mit:d
compare vergleichen,vergleicht,verglich,verglichen P JB JB prep=with:mit:d
exchange tauschen P KB KB prep=for:gegen:a
"""
MOTION = """
go,went,gone gehen,geht,ging,gegangen* P
run,ran,run laufen,läuft,lief,gelaufen* @A
walk spazieren* P
drive,drove,driven fahren,fährt,fuhr,gefahren* P
fly,flew,flown fliegen,fliegt,flog,geflogen* A
jump springen,springt,sprang,gesprungen* @A
crawl kriechen,kriecht,kroch,gekrochen* @A
climb klettern* @A
hurry,hurried eilen* P
return zurück+kehren* P
flee,fled fliehen,flieht,floh,geflohen* @A
come,came,come kommen,kommt,kam,gekommen* PA
ride,rode,ridden reiten,reitet,ritt,geritten* P
roll rollen* VS
march marschieren* PG
wander wandern* P
"""

POSITION = """
lie,lay,lain liegen,liegt,lag,gelegen BKC
stand,stood stehen,steht,stand,gestanden SU
sit,sat sitzen,sitzt,saß,gesessen @A
hang,hung hängen,hängt,hing,gehangen JC
live wohnen P
stay bleiben,bleibt,blieb,geblieben* P
"""

PLACEMENT = """
put,put legen P BKC
put,put stellen P SU
lay,laid legen P BKC
place stellen P SU
hang,hung hängen P JC
throw,threw,thrown werfen,wirft,warf,geworfen P KTB
carry,carried tragen,trägt,trug,getragen @A SBKU
push schieben,schiebt,schob,geschoben P UV
send,sent schicken PG P
lead,led führen P PA
take,took,taken bringen,bringt,brachte,gebracht P PAB
"""

CLAUSE = """
say,said sagen P fact=1.5/0
think,thought denken,denkt,dachte,gedacht P fact=1.5/-0.75
believe glauben @P fact=1.5/-0.75
know,knew,known wissen,weiß,wusste,gewusst P fact=3/3
hope hoffen P fact=0.375/0.375
claim behaupten @P fact=0.75/0
report berichten @P fact=2.25/0
notice bemerken P fact=3/3
forget,forgot,forgotten vergessen,vergisst,vergaß,vergessen P fact=3/3
fear befürchten @P fact=0.75/0
suspect vermuten P fact=0.75/0
discover heraus+finden,findet,fand,gefunden @P fact=3/3
explain erklären @P fact=2.25/0
assume an+nehmen,nimmt,nahm,genommen @P fact=1.125/0
realize erkennen,erkennt,erkannte,erkannt P fact=3/3
deny,denied bestreiten,bestreitet,bestritt,bestritten @P fact=-1.5/0.75
admit,admitted zu+geben,gibt,gab,gegeben @P fact=3/3
doubt bezweifeln P fact=-1.125/0.75
promise versprechen,verspricht,versprach,versprochen @P fact=0.75/-0.375
regret,regretted bedauern @P fact=3/3
hear,heard hören P fact=1.875/0.75
dream,dreamed träumen P fact=-2.25/-2.25
"""

CONTROL = """
try,tried versuchen @A fact=0.375/-2.25
manage es_schaffen @P fact=3/-3
fail es_versäumen @P fact=-3/3
forget,forgot,forgotten vergessen,vergisst,vergaß,vergessen P fact=-3/3
refuse sich_weigern @P fact=-2.25/0.75
promise versprechen,verspricht,versprach,versprochen @P fact=1.125/-0.375
hope hoffen P fact=0.375/-0.375
decide beschließen,beschließt,beschloss,beschlossen @P fact=1.5/-1.5
begin,began,begun an+fangen,fängt,fing,gefangen P fact=3/-3
plan,planned planen @P fact=0.75/-1.5
threaten drohen @P fact=0.375/-0.75
agree sich_bereit+erklären @P fact=1.5/-1.5
dare wagen PA fact=3/-3
hesitate zögern PG fact=0.375/1.5
pretend vor+geben,gibt,gab,gegeben P fact=-2.25/0
"""

OBJECT_CONTROL = """
ask bitten,bittet,bat,gebeten:a P PG fact=0.375/0
force zwingen,zwingt,zwang,gezwungen:a PG PG fact=2.625/-0.375
help,helped helfen,hilft,half,geholfen:d P PG fact=2.625/-1.5
advise raten,rät,riet,geraten:d P PG fact=0.375/0
allow erlauben:d PG P fact=1.125/-1.875
forbid,forbade,forbidden verbieten,verbietet,verbot,verboten:d PG P fact=-1.875/0.75
order befehlen,befiehlt,befahl,befohlen:d P P fact=1.125/0
persuade überreden:a P PG fact=2.25/-1.5
encourage ermutigen:a PG P fact=0.75/0
"""

# Frame: its verbs, and how many columns of classes they have.
FRAMES = {
    "i": (INTRANSITIVE, 1),
    "t": (TRANSITIVE, 2),
    "d": (DATIVE, 2),
    "dt": (DITRANSITIVE, 2),
    "p": (PREPOSITIONAL, 2),
    "tp": (TRANSITIVE_PREP, 3),
    "m": (MOTION, 1),
    "l": (POSITION, 1),
    "pl": (PLACEMENT, 2),
    "s": (CLAUSE, 1),
    "z": (CONTROL, 1),
    "zo": (OBJECT_CONTROL, 2),
}

# Verbs by their English lemma: that take a beneficiary with "for"; that are states, so that a place
# after them belongs to their object; that nobody does on purpose.
BENEFICIARY = """
buy cook bake build paint write open repair find order draw steal
"""
STATIVE = """
know love hate need resemble belong owe fear trust consist depend believe understand miss forget
recognize hope doubt regret think say
"""
INVOLUNTARY = """
die grow burn explode fail lose bloom ripen fall rise freeze melt disappear begin start end ring
notice hear
"""
