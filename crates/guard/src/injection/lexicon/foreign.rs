//! The core of an override, a leak and a persona in other languages: stems, without the marks that folding drops.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    // German
    (ForeignOverride, "halte dich nicht*|halt dich nicht*|nicht mehr an|befolge nicht*|befolge keine|folge nicht|umgehe|setze dich hinweg|\
        vergiss*|vergesse*|vergessen|ignorier*|ignorieren|missachte*|missachten|uberschreib*|uberspring*|verwirf|\
        verwerfe*|nicht beachten|beachte nicht|lass alles|losche alle|hor auf"),
    (ForeignInstruction, "anweisung*|instruktion*|aufforderung*|befehl*|vorgabe*|richtlinie*|aufgabe|aufgaben|regel|regeln|\
        eingabe*|zuweisung*|auftrag*|anleitung*|angaben|artikel|dokumente*|kontext|prompt-text|eingabeaufforderung*|\
        systemprompt|system-prompt"),
    (ForeignAll, "alle|alles|bisherig*|vorherig*|vorangegangen*|vorangehend*|vorig*|obige|obigen|obenstehend*|oben|zuvor|davor|\
        bisher|gesagte|gesagt|jegliche|samtliche|deine|ihre|davon|neue|neuen|andere|fruher*"),
    (ForeignReveal, "zeig*|gib|gebe|geben sie|nenne|nennen sie|verrate|verraten|wiederhole*|ausgeben|drucke|sag|sage|sagen sie|\
        schreib|schreibe|schreiben sie|antworte*|was sind|wie lauten|ubersetze*"),
    // Spanish
    (ForeignOverride, "no sigas|no obedezcas|deja de seguir|salta las|no respetes|rompe las|\
        ignora|ignore todo*|ignorar|ignoren|olvida|olvide|olvidar|olvidate|olvidese|descarta|descarte|\
        haz caso omiso|no hagas caso|pasa por alto|deja de lado|desestima|omite"),
    (ForeignInstruction, "instruccion*|indicacion*|ordenes|directriz|directrices|reglas|mensaje*|comandos|asignacion*|tareas|\
        contexto|programacion|normas|consigna*"),
    (ForeignAll, "todo|todos|toda|todas|anterior|anteriores|previo|previos|previa|previas|arriba|antes|tus|sus|precedentes|\
        iniciales|cualquier|nuevas"),
    (ForeignReveal, "muestra*|muestre|dime|diga|revela|revele|repite|repita|imprime|escribe|cual es|cuales son|responde|traduce|\
        decir"),
    // French
    (ForeignOverride, "fais comme si|faites comme si|ne suis pas|ne suivez pas|n'obeis plus|cesse de suivre|contourne|\
        ignorez|ignorer|oublie|oubliez|oublier|neglige*|ne tiens pas compte|ne tenez pas compte|\
        ne tenez aucun compte|ne suis plus|ne suivez plus|ne respecte*|passe outre|fais abstraction|faites abstraction"),
    (ForeignInstruction, "consigne*|directives|regles|invite systeme|prompt systeme|ordres|commandes|instructions|messages|\
        contraintes"),
    (ForeignAll, "toutes|tous|tout|precedent|precedente|precedents|precedentes|anterieures|ci-dessus|avant|ce qui precede|vos|\
        tes|initiales"),
    (ForeignReveal, "montre*|affiche*|revele*|repete*|ecris|ecrivez|dis-moi|dites-moi|donne-moi|quelles sont|quel est|traduis|\
        reponds|repondez"),
    // Italian, Portuguese, Romanian, Catalan
    (ForeignOverride, "non seguire|non rispettare|smetti di seguire|aggira|ignora tutte|nao siga|nao obedeca|pare de seguir|esquecas|\
        ignori|ignorate|dimentica|dimenticare|dimenticate|dimentichi|trascura|esqueca|esquece|esquecer|\
        desconsidere|desconsidera|uita|ignorati|oblida|ignoreu|nu tine cont|scorda"),
    (ForeignInstruction, "istruzion*|indicazioni|direttive|regole|comandi|messaggi|instruco*|instrucoes|instrucao|orientaco*|\
        diretrizes|regras|comandos|mensagens|instructiuni*|regulile"),
    (ForeignAll, "tutte|tutti|tutto|precedenti|quanto sopra|sopra|tudo|todas as|acima|anteriores|toate|anterioare"),
    (ForeignReveal, "mostra|mostrami|mostre|rivela|ripeti|ripeta|stampa|scrivi|dimmi|repita|revele|imprima|escreva|diga-me|\
        quais sao|quali sono|arata"),
    // Dutch, Swedish, Danish, Norwegian
    (ForeignOverride, "houd je niet|volg niet|stop met het volgen|folj inte|bry dig inte|folg ikke|\
        negeer|vergeet|sla over|ignorera|glom|bortse fran|ignorer|glem|se bort fra|unohda|jata huomiotta"),
    (ForeignInstruction, "instructies|opdrachten|regels|aanwijzingen|richtlijnen|instruktioner*|instruksjoner*|anvisningar|\
        regler|ohjeet|ohjeita"),
    (ForeignAll, "voorgaande|eerdere|bovenstaande|vorige|tidigare|foregaende|ovan|alla|tidligere|forrige|alle|aiemmat|kaikki"),
    (ForeignReveal, "toon|laat zien|herhaal|onthul|visa|vis|gjenta|upprepa|avsloja|nayta|laat me|laat mij|geef me|\
        vertel me"),
    // Polish, Czech, Slovak, Croatian, Serbian, Slovene
    (ForeignOverride, "nie przestrzegaj|nie stosuj sie|porzuc|ignorisi|ignorirai|ignoriraj|neposlouchej|nedodrzuj|obejdi|\
        zignoruj*|ignoruj*|zapomnij*|pomin|pomijaj|zapomen*|zabudni*|zaboravi*|zanemari*|pozabi|prezri"),
    (ForeignInstruction, "instrukcj*|polecen*|wytyczn*|zasad*|instrukc*|pokyn*|pravidl*|instrukcij*|upute|uputstv*|naredb*|\
        navodil*"),
    (ForeignAll, "wszystkie|wszystko|poprzedni*|powyzsz*|wczesniejsz*|vsechn*|vsetk*|predchozi*|predchadz*|predesl*|sve|\
        prethodn*|ranij*|vse|prejsnj*"),
    (ForeignReveal, "pokaz|ujawnij|powtorz|wypisz|zobraz|ukaz|odhal|zopakuj|prikazi|pokazi|otkrij|ponovi"),
    // Russian, Ukrainian, Bulgarian
    (ForeignOverride, "перестань следовать|не слушаи*|не соблюдаи*|нарушь*|обоиди*|не дотримуи*|игнорируи*|\
        игнорировать|проигнорируи*|забудь*|забыть|не обращаи*|отбрось*|не следуи*|ігнорувати|ігноруи*|ігноруите|\
        проігноруи*|забудьте|не обращаите|забрави*|игнорираи*|не обязан*|больше не обязан*|не должен соблюдать|\
        не должна соблюдать"),
    (ForeignInstruction, "инструкци*|указани*|правил*|команд*|приказ*|подсказк*|сообщени*|задани*|промпт*|інструкці*|вказівк*|\
        наказ*|установк*"),
    (ForeignAll, "все|всё|всех|предыдущ*|прежн*|вышеуказанн*|выше|ранее|свои|усі|всі|попередні*|предишн*|всички"),
    (ForeignReveal, "покажи*|раскрои*|повтори*|выведи*|скажи*|напиши*|напечата*|розкрии*|виведи*|какие|разкрии"),
    // Turkish, Hungarian, Greek
    (ForeignOverride, "uyma|uymayin|gec|goz ardi et*|hice say*|μην ακολουθ*|ne kovesd|\
        gormezden gel*|yok say*|unut|unutun|dikkate alma*|hagyd figyelmen kivul|felejtsd el|felejts el|αγνοησ*|\
        ξεχασ*|ξεχνα"),
    (ForeignInstruction, "talimat*|komut*|yonerge*|kural*|utasitas*|szabaly*|οδηγι*|εντολ*|κανον*"),
    (ForeignAll, "tum|butun|onceki|yukaridaki|tumunu|osszes|korabbi|elozo|minden|ολες|προηγουμεν*|παραπανω"),
    (ForeignReveal, "goster*|acikla|tekrarla*|yazdir|soyle|mutasd|ismeteld|ird|δειξε|επαναλαβ*|αποκαλυψ*"),
    // Chinese
    (ForeignOverride, "不用遵守*|不必遵守*|别管*|不要理会*|不再遵守*|停止遵守*|取消*|解除*|忽略*|忽视*|无视*|忘记*|忘掉*|不要遵守*|不要遵循*|抛弃*|放弃*|跳过*|绕过*|忽視*|\
        無視*|忘記*|请忘*|不要再遵守*|不再遵循*|别再遵守*|不要再遵循*|不要再听*"),
    (ForeignInstruction, "指令*|指示*|规则*|命令*|提示词*|系统提示*|提示語*|規則*|系統提示*|设定*|限制*|约束*|内容*|对话*"),
    (ForeignAll, "之前*|以前*|上面*|以上*|先前*|前面*|此前*|所有*|全部*|一切*|任何*|上述*|你的*|您的*|初始*|原始*"),
    (ForeignReveal, "显示*|告诉*|输出*|重复*|透露*|打印*|展示*|揭示*|泄露*|顯示*|告訴*|輸出*|重複*|复述*|翻译*"),
    // Japanese, Korean
    (ForeignOverride, "従うな*|破棄*|解除して*|あきらめて*|지키지*|어겨*|해제*|\
        無視して*|無視し*|忘れて*|忘れ*|従わな*|무시*|잊어*|잊고*|따르지*"),
    (ForeignInstruction, "指示*|命令*|ルール*|プロンプト*|システムプロンプト*|制約*|지시*|명령*|규칙*|프롬프트*|지침*"),
    (ForeignAll, "これまで*|以前の*|上記*|前の*|すべて*|全て*|今までの*|이전*|위의*|모든*|앞의*|지금까지*"),
    (ForeignReveal, "表示して*|教えて*|出力して*|繰り返し*|見せて*|보여*|알려*|출력*|반복*|말해*"),
    // Arabic, Persian, Hindi, Hebrew, Vietnamese, Indonesian, Thai
    (ForeignOverride, "لا تتبع*|اعتبر أن*|الغ*|توقف عن اتباع*|jangan ikuti|jangan patuhi|dung tuan theo|khong tuan theo|पालन मत*|मत मानो*|אל תציית*|อย่าทำตาม*|\
        تجاهل*|انس*|انسى*|نادیده بگیر*|فراموش*|अनदेखा*|नजरअंदाज*|भूल जा*|התעלם*|שכח*|bo qua|quen di|quen het|\
        phot lo|abaikan|lupakan|ละเว้น*|เพิกเฉย*|ลืม*"),
    (ForeignInstruction, "التعليمات*|تعليمات*|الاوامر*|الأوامر*|القواعد*|دستور*|قوانین*|निर्देश*|नियम*|आदेश*|הוראות*|ההוראות*|\
        הנחיות*|huong dan|chi thi|quy tac|lenh|instruksi|perintah|aturan|petunjuk|คำสั่ง*|คําสั่ง*|กฎ*"),
    (ForeignAll, "السابقة*|جميع*|كل*|أعلاه*|قبلی*|همه*|تمام*|पिछल*|सभी*|उपरोक्त*|הקודמות*|כל*|truoc do|truoc|tat ca|o tren|\
        sebelumnya|semua|di atas|ก่อนหน้า*|ทั้งหมด*"),
    (ForeignReveal, "اعرض*|أظهر*|أخبرني*|اكشف*|نشان بده*|بگو*|दिखा*|बता*|הצג*|חשוף*|tiet lo|hien thi|lap lai|tampilkan|\
        tunjukkan|ungkapkan|ulangi|แสดง*|บอก*"),
    // The prompt, what was given, from now on, and without limits, in all of them.
    (ForeignPrompt, "systemprompt|system-prompt|systemprompts|systemnachricht|systemanweisung*|prompt systeme|\
        prompt du systeme|invite systeme|message systeme|instructions systeme|prompt del sistema|prompt de sistema|\
        mensaje del sistema|mensaje de sistema|instrucciones del sistema|prompt di sistema|messaggio di sistema|\
        prompt do sistema|mensagem do sistema|systeemprompt|systeembericht|systemprompten|prompt systemowy*|\
        instrukcj* systemow*|systemovy prompt|системныи промпт*|системное сообщение|системного промпт*|\
        системные инструкции|систем* промпт|системнии промпт|sistem mesaj*|sistem prompt*|sistem istem*|系统提示*|系统指令*|\
        系統提示*|系统消息*|初始指令*|初始提示*|提示词*|提示詞*|システムプロンプト*|システムメッセージ*|初期プロンプト*|시스템 프롬프트*|시스템 메시지*|시스템프롬프트*|prompt sistem|\
        pesan sistem|موجه النظام*|تعليمات النظام*|رسالة النظام*|सिस्टम प्रॉम्प्ट*|הנחיית המערכת*|loi nhac he thong|\
        พรอมต์ระบบ*|στο συστημα|rendszerprompt*|system-prompts"),
    (ForeignGiven, "que te dieron|que te han dado|que has recibido|que recibiste|te dieron al|al principio|as-tu recues|as-tu recu|\
        tu as recues|que tu as recu*|qu'on t'a donne*|t'a donne*|t'ont donne*|die du bekommen|die dir gegeben|du bekommen hast|\
        du erhalten hast|die du erhalten|dir gegeben wurd*|che ti hanno dato|che hai ricevuto|ti hanno dato|que voce recebeu|\
        que te deram|die je hebt gekregen|die je gekregen|ktore otrzymal*|ktore dostal*|которые тебе дали|которые ты получил*|\
        данные тебе|тебе дали|которые вам дали|你收到的*|给你的*|你被给*|与えられた*|受け取った*|받은*|주어진*|sana verilen*|\
        yang diberikan*|yang kamu terima|المعطاة لك*|التي تلقيتها*|दिए गए*|secret*|geheim*|secretas|secretes|segret*|tajn*|\
        секретн*|скрыт*|秘密*|隐藏*|機密*|비밀*|gizli*|rahasia|السرية*|गुप्त*|mot pour mot|palabra por palabra|wort fur wort|\
        wortlich*|parola per parola|palavra por palavra|slowo w slowo|дословно|一字不差*|逐字*|一言一句*|kelimesi kelimesine"),
    (ForeignNow, "ab jetzt|von jetzt an|ab sofort|von nun an|du bist jetzt|du bist nun|a partir de ahora|desde ahora|ahora eres|\
        de ahora en adelante|a partir de este momento|d'ora in poi|ora sei|da ora in poi|da questo momento|adesso sei|\
        a partir de agora|agora voce e|voce agora|de agora em diante|dorenavant|a partir de maintenant|desormais|\
        tu es maintenant|tu es desormais|vanaf nu|je bent nu|od teraz|jestes teraz|odteraz|od ted|с этого момента|отныне|\
        теперь ты|ты теперь|с этои минуты|відтепер|тепер ти|从现在开始*|从现在起*|现在起*|你现在是*|從現在開始*|今から*|これから*|\
        あなたは今*|지금부터*|이제부터*|너는 이제*|bundan sonra|artik sen|su andan itibaren|mulai sekarang|sekarang kamu|\
        من الآن*|من الان*|أنت الآن*|انت الان*|अब से*|अब आप*|אתה עכשיו*|מעכשיו*|tu gio|bay gio ban|tu bay gio|ตั้งแต่นี้*|απο τωρα|\
        mostantol|fran och med nu|fra nu af|antworte|antwortet|responde|reponds|rispondi|responda|отвечаи|odpowiadaj|jawab|\
        answer*|beantworte|antwoord|verhalte dich|comportate|comporte-toi|act*|веди себя"),
    (ForeignFree, "ohne einschrankung*|ohne jede einschrankung|ohne regeln|ohne filter|ohne zensur|ohne grenzen|\
        keine einschrankung*|keine regeln|keine grenzen|uneingeschrankt|unzensiert|ungefiltert|sin restricciones|\
        no tienes restricciones|sin reglas|sin censura|sin limites|sin filtros|ni reglas|ni limites|no tienes limites|\
        sans restriction*|sans filtre*|sans censure|sans limite*|sans regle*|sans aucune restriction|\
        sans aucune limite|aucune restriction|aucune limite|aucune regle|senza filtri|senza regole|senza limiti|\
        senza restrizioni|senza censura|nessuna restrizione|nessun limite|nessuna regola|sem restricoes|sem filtros|\
        sem regras|sem limites|sem censura|nao tem restricoes|nao tem limites|zonder beperkingen|zonder regels|\
        zonder filters|zonder censuur|bez ograniczen|bez zasad|bez cenzury|bez filtrow|bez omezeni|bez pravidel|\
        bez ogranicenja|без ограничении|нет ограничении|без цензуры|без фильтров|без правил|нет правил|без обмежень|\
        没有任何限制*|没有限制*|不受限制*|不受任何*|無任何限制*|没有规则*|没有道德*|不受约束*|沒有限制*|制限のない*|制限なし*|制限はありません*|無制限*|ルールのない*|제한이 없*|제한 없*|\
        제약 없*|규칙이 없*|sinirsiz|kisitlama olmadan|kisitlama yok|filtresiz|sansursuz|hicbir kural*|kurallar olmadan|\
        tanpa batasan|tanpa aturan|tanpa filter|tanpa sensor|بدون قيود*|بلا قيود*|دون قيود*|بدون حدود*|ليس لديك قيود*|\
        بدون محدودیت*|बिना किसी प्रतिबंध*|बिना प्रतिबंध*|कोई प्रतिबंध नहीं*|ללא הגבלות*|בלי הגבלות*|khong gioi han|\
        khong co gioi han|khong kiem duyet|ไม่มีข้อจำกัด*|ไร้ข้อจำกัด*|χωρις περιορισμ*|korlatozas nelkul*|\
        utan begransning*|uden begrænsninger|uten begrensninger|何でも答え*|何でも応え*|무엇이든 답*|모든 질문에 답*|回答所有问题*|回答任何问题*|回答一切*|\
        必须回答所有*|alles beantworten|alle fragen beantworten|responder a todo|repondre a tout"),
    (ForeignLapsed, "nicht mehr|gelten nicht|ungultig|aufgehoben|ya no aplican|ya no se aplican|ya no valen|\
        ya no son validas|quedan anuladas|ne s'appliquent plus|ne sont plus valables|sont annulees|non valgono piu|\
        non si applicano piu|nao valem mais|nao se aplicam|больше не действуют|не действуют|отменены|отменяются|不再适用*|\
        不再有效*|已失效*|已取消*|もう適用されま*|無効です*|더 이상 적용*|gecerli degil|gecersiz|niet meer van toepassing|gelden niet meer|\
        juz nie obowiazuj*|tidak berlaku|لم تعد سارية*|ملغاة*"),
];
