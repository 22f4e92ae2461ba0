"""The words of a claim and of a quote as they are compared: stems, small lists of synonyms and of opposites.

No tagger and no model. Stems are cut, not analysed: two words are one where their stems agree or most of both is the
same. The lists hold general English verbs, nouns and adjectives; what they lack is left to the encoder.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..index.parts import AUXILIARIES, DETERMINERS, PREPOSITIONS, word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_FOLD = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-"})
_CLAUSE = re.compile(r"[,;:()!?]|\.(?=\s|$)|\s[-–—]\s|—|\b(?:but|although|though|while|whereas|because|and then)\b")

SMALL_WORDS = (
    PREPOSITIONS
    | DETERMINERS
    | (AUXILIARIES - {"dare"})
    | word_set(
        "i you he she it we they him them me us himself herself itself themselves who whom whose which what where when "
        "why how there here and or but nor so than then thus if as also too very just only even still yet already "
        "again not no n't never both each all any such same own another other others more most less least much many "
        "several few one ones well however therefore s t per up down out off away back while although though because "
        "since whether either neither none nobody nothing without except about around some approximately roughly now "
        "once time times according do does did doing done having got get p m a.m p.m mr mrs ms dr would will shall "
        "including include includes included namely meanwhile later earlier first second third moreover respectively"
    )
)

_IRREGULAR = (
    "said say|added add|adding add|adds add|told tell|held hold|met meet|gave give|given give|took take|taken take|made make|rose rise|risen rise|"
    "fell fall|fallen fall|grew grow|grown grow|sent send|built build|led lead|left leave|lost lose|won "
    "win|began begin|"
    "begun begin|broke break|broken break|brought bring|bought buy|came come|went go|gone go|became "
    "become|fought fight|"
    "found find|kept keep|knew know|known know|ran run|saw see|seen see|sold sell|shot shoot|spoke speak|spoken speak|"
    "stood stand|thought think|wrote write|written write|withdrew withdraw|withdrawn withdraw|sought seek|paid pay|"
    "drew draw|drawn draw|drove drive|driven drive|flew fly|flown fly|sank sink|sunk sink|struck strike|threw throw|"
    "thrown throw|chose choose|chosen choose|spent spend|taught teach|caught catch|forbade forbid|forbidden forbid|"
    "hid hide|hidden hide|felt feel|heard hear|laid lay|lay lie|lent lend|meant mean|shown show|showed "
    "show|slept sleep|"
    "swore swear|sworn swear|wore wear|worn wear|undertook undertake|overthrew overthrow|died die|dying die|dead die|"
    "deaths die|death die|sang sing|sung sing|ate eat|eaten eat|bore bear|born bear|men man|women woman|children child|"
    "people person|persons person|talks talk|better good|best good|worse bad|worst bad|lying lie|tying tie|denied deny|"
    "denial deny|tried try|countries country|parties party|armies army|military army|chosen choose"
    "|proved prove|proven prove|blew blow|blown blow|shut close|won win|beat beat|bound bind|"
    "note remark|notes remark|noted remark|noting remark|"
    "split split|lent lend|rode ride|ridden ride|shook shake|stole steal|stolen steal|fed feed|clung cling|"
    "worn wear|dealt deal|dug dig|hung hang|spread spread|tore tear|torn tear"
)
_ROOTS = dict(pair.split() for pair in _IRREGULAR.split("|"))

_SYNONYMS = """
say state declare announce report tell claim note remark write mention describe call speak
sign conclude agree seal ink
begin start launch commence open
end finish complete conclude terminate
stop halt cease suspend discontinue
stop end cease
increase rise grow climb expand gain up
decrease decline fall drop shrink reduce lower slump down
big large great huge major sizeable
small little minor tiny
kill slay murder assassinate
buy purchase acquire
sell market
help aid assist assistance support
show demonstrate display reveal indicate
build construct erect make
demand ask request call urge
leave quit withdraw depart exit
join enter
return come go
name appoint designate
dismiss remove fire sack oust
test trial
launch fire shoot send
missile rocket projectile
satellite spacecraft payload
troops soldiers forces army military servicemen
leader chief head boss chairman
head lead chair direct run
country state nation
national state
government administration authority regime
law act legislation statute
treaty pact agreement accord deal
meeting talk summit discussion conference
meet talk
plan programme program scheme project
promise pledge vow commit undertake
refuse reject decline
accept approve endorse agree
approve pass adopt
change amend revise alter modify amendment revision
abolish scrap cancel repeal annul dissolve disband
forbid ban prohibit outlaw
allow permit let
rule law regulation
punish penalty sanction sentence punishment
worker labourer employee laborer
abroad overseas foreign
ship vessel boat
send dispatch deploy
think consider believe regard see view
expect anticipate forecast predict
probable likely
unlikely improbable
roughly about approximately around
quick fast rapid speedy
important significant strategic major
strong powerful
weak feeble
close shut
site facility location place plant
company firm enterprise business corporation
merchant trader dealer
money cash fund finance
price cost
border frontier
north northern
south southern
east eastern
west western
death die
sick ill
war conflict hostility
attack assault strike raid
defend protect defence defense
enemy adversary foe hostile
friend ally
young youth
old aged former
new fresh novel
former ex previous
year annual yearly annually
month monthly
film movie picture
author write writer
release publish issue publication
star appear feature
child son daughter
wife spouse husband marry married
get receive obtain win
give provide supply grant
set establish create found form
goal aim purpose objective target
use employ
part share portion
worker staff
victim dead
spy reconnaissance espionage intelligence
food grain crop
harvest crop yield
hospital clinic
school university college
hard difficult
secret clandestine covert
confess admit acknowledge
criticise condemn denounce censure criticize
praise welcome hail laud
repeat reiterate
speech address
remember recall memory
unveil reveal
inform tell
base rest
deadlock stalemate impasse
dismantle destroy demolish
restart resume reopen
continue remain stay persist keep
public open
last final
top highest
serious grave severe
cause lead bring result
largely mainly mostly primarily chiefly
carry transport bring move
official officer
constitution charter
test detonate explosion
admit admission confess confession concede acknowledge
lag trail behind
health medical medicine care
decade ten
breach violate violation break infringe
murder kill assassinate execute
halt suspend interrupt pause
operation activity work run
statute rule charter bylaw
fundamental basic main principal central
scholar expert researcher analyst academic specialist professor
visitor guest tourist traveller
hotel resort accommodation
capacity room bed
blame accuse attribute
discriminate disadvantage discrimination
worship religion faith belief
hunger famine starvation
rift dispute quarrel split disagreement
anniversary jubilee
printed publish carry
civilian private citizen
drone uncrewed unmanned
easily quickly soon
preparation prepare ready readiness willing
coexist coexistence
confront confrontation odds antagonism
destroy demolish raze dismantle blow explode wreck
spell specify detail define list
car automobile vehicle
luxury expensive costly
convene summon call
promote rise advance elevate
post seat position rank job
sister brother sibling
drill exercise manoeuvre maneuver
suspend shelve postpone cancel
hostility enmity
money currency cash
smuggle illicit illegal
rocket booster
unify reunify reunification unification
strengthen reinforce bolster boost enhance
weaken undermine erode
accuse allege charge allegation accusation
arrest detain imprison jail custody
flee escape defect
refugee defector escapee
oversee supervise guide monitor inspect
visit tour trip
attend participate join
host receive welcome
transfer shift relocate move
earn make gain
revenue income earning proceeds
spending expenditure outlay budget
shortage lack scarcity
surplus excess
flood deluge inundation
harm damage hurt injure
repair restore rebuild reconstruct renovate
invest investment
firm strict tight rigid
loosen relax ease
mainly mostly chiefly primarily largely predominantly
rare unusual uncommon seldom
frequent often common regular
equal same identical
different distinct separate
whole entire total complete full
need require necessary
cooperate cooperation collaborate collaboration together
compete rivalry rival
deter deterrence deterrent
assure assurance guarantee ensure
choose select elect pick
resign quit
replace succeed substitute supersede
predecessor former
successor heir
crowd mass
urban city town
rural village countryside farm
electricity power energy
fuel oil petrol petroleum
weapon arm armament
nuclear atomic
warhead bomb
explosion blast detonation
target aim hit
crash accident
delay postpone defer
speed pace velocity
enormous vast huge immense massive
famous renowned known prominent
rich wealthy affluent
poor impoverished
anger fury outrage
fear worry concern anxiety
hope wish desire
effort attempt try bid
obstacle barrier hurdle hindrance
solve resolve settle
dispatch transmit send
teach train instruct training
learn study
doctor physician
illness disease sickness epidemic pandemic coronavirus covid virus
vaccine vaccination inoculate
crypto cryptocurrency bitcoin
hacker cyber online internet
enough sufficient adequate suffice
theft steal stolen loot rob
percent per cent
deny dispute refute contest contradict
"""
_OPPOSITES = """
increase:decrease rise:fall grow:shrink expand:contract up:down higher:lower high:low more:less gain:lose
accept:reject approve:reject allow:forbid permit:forbid allow:ban support:oppose agree:refuse confirm:deny admit:deny
begin:end start:stop start:end open:close launch:cancel join:leave enter:leave enter:exit arrive:depart
win:lose success:failure succeed:fail successful:unsuccessful successful:fail strengthen:weaken
improve:worsen better:worse smaller:larger smaller:bigger cheaper:expensive fewer:more poorer:richer weaker:stronger
build:destroy build:dismantle import:export buy:sell lend:borrow give:take send:receive love:hate friend:enemy
strong:weak rich:poor large:small big:small long:short old:new old:young early:late first:last
before:after above:below over:under north:south east:west northern:southern eastern:western
male:female man:woman father:mother son:daughter brother:sister husband:wife
legal:illegal lawful:unlawful public:secret public:private civilian:military domestic:foreign
praise:criticise praise:condemn welcome:condemn welcome:reject hail:condemn optimistic:pessimistic positive:negative
possible:impossible likely:unlikely able:unable happy:unhappy friendly:hostile peace:war attack:defend
ease:tighten lift:impose loosen:tighten relax:tighten restore:abolish resume:suspend restart:suspend resume:halt
include:exclude appoint:dismiss hire:fire birth:death bear:die alive:dead majority:minority maximum:minimum
warm:cold hot:cold wet:dry rise:drop climb:drop climb:fall rise:decline grow:decline increase:decline increase:drop
reduce:raise cut:raise raise:lower lower:increase accelerate:slow deploy:withdraw advance:retreat hawkish:dovish
invite:expel release:arrest free:arrest free:imprison acquit:convict guilty:innocent ratify:annul keep:abandon
respect:violate comply:violate honour:violate obey:disobey deny:acknowledge deny:confess close:reopen
unify:divide unite:divide union:division profit:loss surplus:deficit best:worst victory:defeat always:never
most:fewest top:bottom internal:external direct:indirect voluntary:forced temporary:permanent
lag:lead lag:advance behind:ahead confirm:refute prove:disprove run:close operate:close operate:halt run:halt
hold:suspend hold:cancel hold:postpone continue:stop continue:end continue:suspend continue:halt remain:leave
promote:demote promote:dismiss appoint:remove encourage:discourage encourage:forbid urge:forbid
unclear:certain uncertain:certain unclear:clear unclear:confirm unknown:known doubt:confirm doubt:certain
remove:keep remove:retain drop:keep drop:retain abandon:retain abandon:continue give:withhold
broaden:narrow widen:narrow extend:shorten lengthen:shorten prolong:shorten
bind:free obey:defy adhere:breach observe:breach honour:breach comply:breach
agree:disagree consent:refuse concur:dissent unanimous:divided
rich:impoverished wealthy:poor abundance:shortage plenty:scarcity surplus:shortage
improve:deteriorate improve:decline recover:collapse boom:slump boom:recession
allied:hostile ally:enemy ally:adversary cooperate:clash reconcile:quarrel
loyal:disloyal loyalty:betrayal trust:distrust truth:lie true:false right:wrong
safe:dangerous secure:vulnerable calm:tense peaceful:violent
manned:unmanned solid:liquid
civil:military urban:rural coastal:inland
near:far adjacent:distant inside:outside within:outside
hope:fear optimism:pessimism confident:doubtful
disclose:conceal reveal:conceal reveal:hide publish:conceal publish:withhold open:secret
expand:cut expand:reduce expand:shrink boost:cut boost:reduce increase:reduce increase:cut raise:reduce grow:contract
accelerate:delay hasten:delay advance:delay advance:postpone
survive:die rescue:kill save:kill heal:harm
arrive:leave immigrate:emigrate enter:leave
begin:finish begin:complete start:finish start:complete launch:abandon found:dissolve establish:dissolve
establish:abolish create:abolish create:destroy introduce:abolish introduce:repeal enact:repeal impose:repeal
sell:purchase earn:spend save:spend repay:default lend:borrow
voluntary:compulsory optional:mandatory
many:few major:minor main:minor strict:lenient harsh:mild severe:mild
upgrade:downgrade overestimate:underestimate exceed:miss meet:miss
unite:split merge:split join:quit recognise:deny recognize:deny
win:fail pass:fail tighten:ease deny:concede innocent:guilty support:reject support:criticise back:oppose
above:less add:delete add:remove insert:delete double:halve halve:triple permit:ban permit:prohibit permit:outlaw allow:prohibit allow:outlaw let:forbid let:ban legalise:ban
back:reject favour:oppose endorse:oppose endorse:reject defend:criticise praise:denounce hail:denounce
"""

# Words that a paraphrase puts in or leaves out without saying more: of telling, of doing, of the text itself.
_LIGHT = (
    "say tell state report note describe call name argue claim write remark mention add put give hold make "
    "take get go come bring carry keep set see find show mean become remain seem appear concern regard "
    "involve use follow happen occur cover treat speak explain point stress emphasise emphasize believe think "
    "consider hear learn know read accord accuse present express voice announce declare continue reported "
    "so-called certain particular own entire overall article statement account author paper brief study text "
    "document figure case way step part kind sort thing matter fact view word term news source quote comment "
    "occasion process situation issue area field level side number amount total result role line move act "
    "action measure effort aim idea one respect instance example "
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word at text[start:end]; `stem` compares it, `clause` numbers the clause it stands in, from 0."""

    start: int
    end: int
    text: str
    key: str
    stem: str
    clause: int

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return self.key not in SMALL_WORDS and (len(self.key) > 1 or self.key.isdecimal())

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.text[0].isupper()


def plain(text: str) -> str:
    """Return `text` with one kind of blank, quotation mark and hyphen, composed; no longer than it was needed for."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text that went through `plain`."""
    breaks = [match.start() for match in _CLAUSE.finditer(text)]
    found, clause = [], 0
    for match in _WORD.finditer(text):
        while clause < len(breaks) and breaks[clause] <= match.start():
            clause += 1
        shown = match[0]
        key = _unaccented(shown.lower())
        if key.endswith("n't"):  # "didn't" says "did" and "not"
            found.append(Word(match.start(), match.end(), shown, "not", "not", clause))
            continue
        key = key.removesuffix("'s").removesuffix("'")
        found.append(Word(match.start(), match.end(), shown, key, stem(key), clause))
    return tuple(found)


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return what the forms of a word have in common: "announces", "announced" -> "announc"; "fell" -> "fall"."""
    word = _ROOTS.get(word, word)
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, rest in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: len(word) - len(ending)] + rest
            if ending in ("ing", "ed") and base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            return base.removesuffix("e") if len(base) > 3 else base
    if word.endswith("s") and word[-2] not in "su":
        word = word[:-1]
    word = word.removesuffix("ly") if len(word) > 5 else word
    return word.removesuffix("e") if len(word) > 3 else word


def related(a: str, b: str) -> bool:
    """Return whether two stems are forms of one word: "recogni" and "recognit" share most of both."""
    if a == b:
        return True
    if min(len(a), len(b)) < 4 or a[:4] != b[:4] or a.startswith("un") != b.startswith("un"):
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (shared >= 5 and shared >= 0.62 * max(len(a), len(b))) or (shared == 4 and max(len(a), len(b)) <= 6)


def synonyms(a: str, b: str) -> bool:
    """Return whether one line of the list of synonyms holds both stems."""
    groups = _groups()
    return bool(groups.get(a, frozenset()) & groups.get(b, frozenset()))


@lru_cache(maxsize=65536)
def opposite(a: str, b: str) -> bool:
    """Return whether the list of opposites pairs the two stems, or one is the other with un-, in-, dis- or non-."""
    if (a, b) in _opposites():
        return True
    return any(
        x.removeprefix(prefix) == y
        for x, y in ((a, b), (b, a))
        for prefix in _NEGATING
        if x.startswith(prefix) and len(y) > 3 and x not in _NOT_NEGATED
    )


# Stems that only begin like a negation: "display" is not the opposite of "play".
_NOT_NEGATED = frozenset(
    [
        "display",
        "disclos",
        "discov",
        "discharg",
        "discount",
        "dispatch",
        "disguis",
        "impos",
        "improv",
        "import",
        "impress",
        "implant",
        "impart",
        "inform",
        "intend",
        "invest",
        "inspect",
        "install",
        "inhabit",
        "increas",
        "involv",
        "invert",
        "inject",
        "input",
        "ingroup",
        "undergo",
        "unit",
        "union",
        "irrigat",
        "illustrat",
    ]
)
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non")


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_SYNONYMS.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@lru_cache(maxsize=1)
def _opposites() -> frozenset[tuple[str, str]]:
    def pairs() -> Iterator[tuple[str, str]]:
        for pair in _OPPOSITES.split():
            one, other = (stem(word) for word in pair.split(":"))
            yield from ((one, other), (other, one))

    return frozenset(pairs())


LIGHT_WORDS = frozenset(stem(word) for word in _LIGHT.split())
"""The stems of words that carry others and say little themselves."""
