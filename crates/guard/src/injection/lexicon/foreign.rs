//! The core of an override, a leak and a persona in other languages: stems, without the marks that folding drops.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    // German
    (ForeignOverride, "vergiss*|vergesse*|vergessen|ignorier*|ignorieren|missachte*|missachten|uberschreib*|uberspring*|verwirf|\
        verwerfe*|nicht beachten|beachte nicht|lass alles|losche alle|hor auf"),
    (ForeignInstruction, "anweisung*|instruktion*|aufforderung*|befehl*|vorgabe*|richtlinie*|aufgabe|aufgaben|regel|regeln|\
        eingabe*|zuweisung*|auftrag*|anleitung*|angaben|artikel|dokumente*|kontext|prompt-text|eingabeaufforderung*|\
        systemprompt|system-prompt"),
    (ForeignAll, "alle|alles|bisherig*|vorherig*|vorangegangen*|vorangehend*|vorig*|obige|obigen|obenstehend*|oben|zuvor|davor|\
        bisher|gesagte|gesagt|jegliche|samtliche|deine|ihre|davon|neue|neuen|andere|fruher*"),
    (ForeignReveal, "zeig*|gib|gebe|geben sie|nenne|nennen sie|verrate|verraten|wiederhole*|ausgeben|drucke|sag|sage|sagen sie|\
        schreib|schreibe|schreiben sie|antworte*|was sind|wie lauten|ubersetze*"),
    // Spanish
    (ForeignOverride, "ignora|ignore todo*|ignorar|ignoren|olvida|olvide|olvidar|olvidate|olvidese|descarta|descarte|\
        haz caso omiso|no hagas caso|pasa por alto|deja de lado|desestima|omite"),
    (ForeignInstruction, "instruccion*|indicacion*|ordenes|directriz|directrices|reglas|mensaje*|comandos|asignacion*|tareas|\
        contexto|programacion|normas|consigna*"),
    (ForeignAll, "todo|todos|toda|todas|anterior|anteriores|previo|previos|previa|previas|arriba|antes|tus|sus|precedentes|\
        iniciales|cualquier|nuevas"),
    (ForeignReveal, "muestra*|muestre|dime|diga|revela|revele|repite|repita|imprime|escribe|cual es|cuales son|responde|traduce|\
        decir"),
    // French
    (ForeignOverride, "ignorez|ignorer|oublie|oubliez|oublier|neglige*|ne tiens pas compte|ne tenez pas compte|\
        ne tenez aucun compte|ne suis plus|ne suivez plus|ne respecte*|passe outre|fais abstraction|faites abstraction"),
    (ForeignInstruction, "consigne*|directives|regles|invite systeme|prompt systeme|ordres|commandes|instructions|messages|\
        contraintes"),
    (ForeignAll, "toutes|tous|tout|precedent|precedente|precedents|precedentes|anterieures|ci-dessus|avant|ce qui precede|vos|\
        tes|initiales"),
    (ForeignReveal, "montre*|affiche*|revele*|repete*|ecris|ecrivez|dis-moi|dites-moi|donne-moi|quelles sont|quel est|traduis|\
        reponds|repondez"),
    // Italian, Portuguese, Romanian, Catalan
    (ForeignOverride, "ignori|ignorate|dimentica|dimenticare|dimenticate|dimentichi|trascura|esqueca|esquece|esquecer|\
        desconsidere|desconsidera|uita|ignorati|oblida|ignoreu|nu tine cont|scorda"),
    (ForeignInstruction, "istruzion*|indicazioni|direttive|regole|comandi|messaggi|instruco*|instrucoes|instrucao|orientaco*|\
        diretrizes|regras|comandos|mensagens|instructiuni*|regulile"),
    (ForeignAll, "tutte|tutti|tutto|precedenti|quanto sopra|sopra|tudo|todas as|acima|anteriores|toate|anterioare"),
    (ForeignReveal, "mostra|mostrami|mostre|rivela|ripeti|ripeta|stampa|scrivi|dimmi|repita|revele|imprima|escreva|diga-me|\
        quais sao|quali sono|arata"),
    // Dutch, Swedish, Danish, Norwegian
    (ForeignOverride, "negeer|vergeet|sla over|ignorera|glom|bortse fran|ignorer|glem|se bort fra|unohda|jata huomiotta"),
    (ForeignInstruction, "instructies|opdrachten|regels|aanwijzingen|richtlijnen|instruktioner*|instruksjoner*|anvisningar|\
        regler|ohjeet|ohjeita"),
    (ForeignAll, "voorgaande|eerdere|bovenstaande|vorige|tidigare|foregaende|ovan|alla|tidligere|forrige|alle|aiemmat|kaikki"),
    (ForeignReveal, "toon|laat zien|herhaal|onthul|visa|vis|gjenta|upprepa|avsloja|nayta"),
    // Polish, Czech, Slovak, Croatian, Serbian, Slovene
    (ForeignOverride, "zignoruj*|ignoruj*|zapomnij*|pomin|pomijaj|zapomen*|zabudni*|zaboravi*|zanemari*|pozabi|prezri"),
    (ForeignInstruction, "instrukcj*|polecen*|wytyczn*|zasad*|instrukc*|pokyn*|pravidl*|instrukcij*|upute|uputstv*|naredb*|\
        navodil*"),
    (ForeignAll, "wszystkie|wszystko|poprzedni*|powyzsz*|wczesniejsz*|vsechn*|vsetk*|predchozi*|predchadz*|predesl*|sve|\
        prethodn*|ranij*|vse|prejsnj*"),
    (ForeignReveal, "pokaz|ujawnij|powtorz|wypisz|zobraz|ukaz|odhal|zopakuj|prikazi|pokazi|otkrij|ponovi"),
    // Russian, Ukrainian, Bulgarian
    (ForeignOverride, "игнорируи*|игнорировать|проигнорируи*|забудь*|забыть|не обращаи*|отбрось*|не следуи*|ігнорувати|ігноруи*|\
        ігноруите|проігноруи*|забудьте|не обращаите|забрави*|игнорираи*"),
    (ForeignInstruction, "инструкци*|указани*|правил*|команд*|приказ*|подсказк*|сообщени*|задани*|промпт*|інструкці*|вказівк*|\
        наказ*|установк*"),
    (ForeignAll, "все|всё|всех|предыдущ*|прежн*|вышеуказанн*|выше|ранее|свои|усі|всі|попередні*|предишн*|всички"),
    (ForeignReveal, "покажи*|раскрои*|повтори*|выведи*|скажи*|напиши*|напечата*|розкрии*|виведи*|какие|разкрии"),
    // Turkish, Hungarian, Greek
    (ForeignOverride, "gormezden gel*|yok say*|unut|unutun|dikkate alma*|hagyd figyelmen kivul|felejtsd el|felejts el|αγνοησ*|\
        ξεχασ*|ξεχνα"),
    (ForeignInstruction, "talimat*|komut*|yonerge*|kural*|utasitas*|szabaly*|οδηγι*|εντολ*|κανον*"),
    (ForeignAll, "tum|butun|onceki|yukaridaki|tumunu|osszes|korabbi|elozo|minden|ολες|προηγουμεν*|παραπανω"),
    (ForeignReveal, "goster*|acikla|tekrarla*|yazdir|soyle|mutasd|ismeteld|ird|δειξε|επαναλαβ*|αποκαλυψ*"),
    // Chinese
    (ForeignOverride, "忽略*|忽视*|无视*|忘记*|忘掉*|不要遵守*|不要遵循*|抛弃*|放弃*|跳过*|绕过*|忽視*|無視*|忘記*|请忘*"),
    (ForeignInstruction, "指令*|指示*|规则*|命令*|提示词*|系统提示*|提示語*|規則*|系統提示*|设定*|限制*|约束*|内容*|对话*"),
    (ForeignAll, "之前*|以前*|上面*|以上*|先前*|前面*|此前*|所有*|全部*|一切*|任何*|上述*|你的*|您的*|初始*|原始*"),
    (ForeignReveal, "显示*|告诉*|输出*|重复*|透露*|打印*|展示*|揭示*|泄露*|顯示*|告訴*|輸出*|重複*|复述*|翻译*"),
    // Japanese, Korean
    (ForeignOverride, "無視して*|無視し*|忘れて*|忘れ*|従わな*|무시*|잊어*|잊고*|따르지*"),
    (ForeignInstruction, "指示*|命令*|ルール*|プロンプト*|システムプロンプト*|制約*|지시*|명령*|규칙*|프롬프트*|지침*"),
    (ForeignAll, "これまで*|以前の*|上記*|前の*|すべて*|全て*|今までの*|이전*|위의*|모든*|앞의*|지금까지*"),
    (ForeignReveal, "表示して*|教えて*|出力して*|繰り返し*|見せて*|보여*|알려*|출력*|반복*|말해*"),
    // Arabic, Persian, Hindi, Hebrew, Vietnamese, Indonesian, Thai
    (ForeignOverride, "تجاهل*|انس*|انسى*|نادیده بگیر*|فراموش*|अनदेखा*|नजरअंदाज*|भूल जा*|התעלם*|שכח*|bo qua|quen di|quen het|\
        phot lo|abaikan|lupakan|ละเว้น*|เพิกเฉย*|ลืม*"),
    (ForeignInstruction, "التعليمات*|تعليمات*|الاوامر*|الأوامر*|القواعد*|دستور*|قوانین*|निर्देश*|नियम*|आदेश*|הוראות*|ההוראות*|\
        הנחיות*|huong dan|chi thi|quy tac|lenh|instruksi|perintah|aturan|petunjuk|คำสั่ง*|คําสั่ง*|กฎ*"),
    (ForeignAll, "السابقة*|جميع*|كل*|أعلاه*|قبلی*|همه*|تمام*|पिछल*|सभी*|उपरोक्त*|הקודמות*|כל*|truoc do|truoc|tat ca|o tren|\
        sebelumnya|semua|di atas|ก่อนหน้า*|ทั้งหมด*"),
    (ForeignReveal, "اعرض*|أظهر*|أخبرني*|اكشف*|نشان بده*|بگو*|दिखा*|बता*|הצג*|חשוף*|tiet lo|hien thi|lap lai|tampilkan|\
        tunjukkan|ungkapkan|ulangi|แสดง*|บอก*"),
];
