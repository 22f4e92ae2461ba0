"""Which words mean the same or the opposite, and which say little: small lists of general English.

What the lists lack is left to the encoder.
"""

from collections.abc import Iterator
from functools import lru_cache

from ..index.parts import word_set
from .words import stem

_SYNONYMS = """
say state declare announce report tell claim note remark write mention describe call speak /
sign conclude agree seal ink / begin start launch commence open / end finish complete conclude terminate /
stop halt cease suspend discontinue / stop end cease / increase rise grow climb expand gain up /
decrease decline fall drop shrink reduce lower slump down / big large great huge major sizeable /
small little minor tiny / kill slay murder assassinate / buy purchase acquire / sell market /
help aid assist assistance support / show demonstrate display reveal indicate / build construct erect make /
demand ask request call urge / leave quit withdraw depart exit / join enter / return come go /
name appoint designate / dismiss remove fire sack oust / test trial / launch fire shoot send /
missile rocket projectile / satellite spacecraft payload / troops soldiers forces army military servicemen /
leader chief head boss chairman / head lead chair direct run / country state nation / national state /
government administration authority regime / law act legislation statute / treaty pact agreement accord deal /
meeting talk summit discussion conference / meet talk / plan programme program scheme project /
promise pledge vow commit undertake / refuse reject decline / accept approve endorse agree / approve pass adopt /
change amend revise alter modify amendment revision / abolish scrap cancel repeal annul dissolve disband /
forbid ban prohibit outlaw / allow permit let / rule law regulation /
punish penalty sanction sentence punishment / worker labourer employee laborer / abroad overseas foreign /
ship vessel boat / send dispatch deploy / think consider believe regard see view /
expect anticipate forecast predict / probable likely / unlikely improbable / roughly about approximately around /
quick fast rapid speedy / important significant strategic major / strong powerful / weak feeble / close shut /
site facility location place plant / company firm enterprise business corporation / merchant trader dealer /
money cash fund finance / price cost / border frontier / north northern / south southern / east eastern /
west western / death die / sick ill / war conflict hostility / attack assault strike raid /
defend protect defence defense / enemy adversary foe hostile / friend ally / young youth / old aged former /
new fresh novel / former ex previous / year annual yearly annually / month monthly / film movie picture /
author write writer / release publish issue publication / star appear feature / child son daughter /
wife spouse husband marry married / get receive obtain win / give provide supply grant /
set establish create found form / goal aim purpose objective target / use employ / part share portion /
worker staff / victim dead / spy reconnaissance espionage intelligence / food grain crop / harvest crop yield /
hospital clinic / school university college / hard difficult / secret clandestine covert /
confess admit acknowledge / criticise condemn denounce censure criticize / praise welcome hail laud /
repeat reiterate / speech address / remember recall memory / unveil reveal / inform tell / base rest /
deadlock stalemate impasse / dismantle destroy demolish / restart resume reopen /
continue remain stay persist keep / public open / last final / top highest / serious grave severe /
cause lead bring result / largely mainly mostly primarily chiefly / carry transport bring move /
official officer / constitution charter / test detonate explosion /
admit admission confess confession concede acknowledge / lag trail behind / health medical medicine care /
decade ten / breach violate violation break infringe / murder kill assassinate execute /
halt suspend interrupt pause / operation activity work run / statute rule charter bylaw /
fundamental basic main principal central / scholar expert researcher analyst academic specialist professor /
visitor guest tourist traveller / hotel resort accommodation / capacity room bed / blame accuse attribute /
discriminate disadvantage discrimination / worship religion faith belief / hunger famine starvation /
rift dispute quarrel split disagreement / anniversary jubilee / printed publish carry / civilian private citizen /
drone uncrewed unmanned / easily quickly soon / preparation prepare ready readiness willing /
coexist coexistence / confront confrontation odds antagonism /
destroy demolish raze dismantle blow explode wreck / spell specify detail define list / car automobile vehicle /
luxury expensive costly / convene summon call / promote rise advance elevate / post seat position rank job /
sister brother sibling / drill exercise manoeuvre maneuver / suspend shelve postpone cancel / hostility enmity /
money currency cash / smuggle illicit illegal / rocket booster / unify reunify reunification unification /
strengthen reinforce bolster boost enhance / weaken undermine erode / accuse allege charge allegation accusation /
arrest detain imprison jail custody / flee escape defect / refugee defector escapee /
oversee supervise guide monitor inspect / visit tour trip / attend participate join / host receive welcome /
transfer shift relocate move / earn make gain / revenue income earning proceeds /
spending expenditure outlay budget / shortage lack scarcity / surplus excess / flood deluge inundation /
harm damage hurt injure / repair restore rebuild reconstruct renovate / invest investment /
firm strict tight rigid / loosen relax ease / mainly mostly chiefly primarily largely predominantly /
rare unusual uncommon seldom / frequent often common regular / equal same identical /
different distinct separate / whole entire total complete full / need require necessary /
cooperate cooperation collaborate collaboration together / compete rivalry rival / deter deterrence deterrent /
assure assurance guarantee ensure / choose select elect pick / resign quit /
replace succeed substitute supersede / predecessor former / successor heir / crowd mass / urban city town /
rural village countryside farm / electricity power energy / fuel oil petrol petroleum / weapon arm armament /
nuclear atomic / warhead bomb / explosion blast detonation / target aim hit / crash accident /
delay postpone defer / speed pace velocity / enormous vast huge immense massive /
famous renowned known prominent / rich wealthy affluent / poor impoverished / anger fury outrage /
fear worry concern anxiety / hope wish desire / effort attempt try bid / obstacle barrier hurdle hindrance /
solve resolve settle / dispatch transmit send / teach train instruct training / learn study / doctor physician /
illness disease sickness epidemic pandemic coronavirus covid virus / vaccine vaccination inoculate /
crypto cryptocurrency bitcoin / hacker cyber online internet / enough sufficient adequate suffice /
theft steal stolen loot rob / percent per cent / deny dispute refute contest contradict
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
above:less add:delete add:remove insert:delete double:halve halve:triple permit:ban
permit:prohibit permit:outlaw allow:prohibit allow:outlaw let:forbid let:ban legalise:ban
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
_NOT_NEGATED = word_set(
    "display disclos discov discharg discount dispatch disguis impos improv import impress implant impart "
    "inform intend invest inspect install inhabit increas involv invert inject input ingroup undergo unit "
    "union irrigat illustrat"
)
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non")


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_SYNONYMS.split("/")):
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
