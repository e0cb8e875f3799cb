"""The words by which columns and stakeholder kinds are recognised, in the languages of European networks.

All are folded (lower case, no accents; see ``columns.fold``) and parted by ``|``. Languages: en nl fr de es pt it pl lv
lt et hu sk cs ro da sv fi hr sl el, the nine of AoCE most fully.
"""

#: What a column is called.
HEADINGS: dict[str, str] = {
    "name": (
        "asistente|attendee|dalibnieks|deelnemer|deltagare|deltager|fulde navn|full name|ime|ime i prezime|"
        "ime in priimek|imie i nazwisko|jmeno|jmeno a prijmeni|meno|meno a priezvisko|naam|name|name des teilnehmers|"
        "namn|navn|nev|nimi|nom|nom et prenom|nombre|nombre completo|nombre y apellidos|nome|nome completo|nume|"
        "nume prenume|nume si prenume|numele|participant|participant nume|participant(e)|resztvevo|teilnehmer|"
        "teljes nev|ucastnik|uczestnik|vardas|vardas pavarde|vards|vards uzvards|vards, uzvards|volledige naam|ονομα|"
        "ονοματεπωνυμο"
    ),
    "first": (
        "etunimi|first name|forename|fornamn|fornavn|given name|ime|imie|keresztnev|krestni jmeno|krstne meno|"
        "nombre de pila|prenom|prenume|prenumele|primeiro nome|utonev|vards|voornaam|vorname"
    ),
    "last": (
        "achternaam|apelido|apellido|apellidos|cognome|csaladnev|efternamn|efternavn|familienaam|family name|"
        "last name|nachname|nazwisko|nom de famille|nume de familie|pavarde|perekonnanimi|prezime|priezvisko|priimek|"
        "prijmeni|sukunimi|surname|uzvards|vezeteknev"
    ),
    "organisation": (
        "afdeling|affiliation|arbejdsplads|asociacion|asociatia|association|asutus|centro|company|"
        "denumirea institutiei|denumirea organizatiei|department|dienst|egyesulet|einrichtung|employer|ente|entidad|"
        "entidade|firma|forening|iestade|instelling|instituce|institucia|institucion|institutia|institutie|"
        "institution|institution/organisation|instytucja|intezmeny|intezmeny neve|istaiga|munkahely|naam organisatie|"
        "name of organisation|name of organization|nazov organizacie|nazwa instytucji|nazwa organizacji|"
        "nombre de la entidad|nombre de la organizacion|organisaatio|organisatie|organisation|organisation name|"
        "organisationen|organisationens navn|organisatsioon|organisme|organizacao|organizace|organizacia|"
        "organizacija|organizacijas nosaukums|organizacion|organizacja|organizatia|organizatie|organization|"
        "organization name|organizzazione|parstavta organizacija|podmiot|structure|szervezet|szervezet neve|urzad|"
        "ustanova|uznemums|verein|virksomhed|zamestnavatel|οργανισμος|φορεας"
    ),
    "kind": (
        "categoria|categorie|categorie parte interesata|category|cielova skupina|csoport|doelgroep|druh|erdekcsoport|"
        "erdekelti csoport|groep|group|groupe|grup|grupa|grupa interesariuszy|grupe|grupo|grupo de interes|grupp|"
        "gruppe|gruppo|ieinteresetas puses veids|interesariusz|interessegruppe|interessentgruppe|kategori|kategoria|"
        "kategoria interesariusza|kategoriaja|kategorie|kategorija|kind|kind of organisation|merkgrupa|rodzaj|"
        "rodzaj interesariusza|ruhm|ryhma|sector|sektor|skupina|soort|stakeholder|stakeholder group|stakeholder kind|"
        "stakeholdergroep|szervezet tipusa|tip|tip de organizatie|tipas|tipo|tipo de entidad|tipus|typ|"
        "typ organizacie|type|type af interessent|type of organisation|type of organization|type of stakeholder|"
        "veids|zainteresovana skupina|ομαδα"
    ),
    "how": (
        "aanwezig|alairas|allekirjoitus|allkiri|asistencia|assinatura|attendance|attended|dalibas veids|deelname|"
        "deltagelse|deltagelsesform|firma asistencia|firmado|form of participation|forma|forma ucasti|forma udzialu|"
        "getekend|handtekening|how|jelenlet|mod de participare|modalidad|narvaro|obecnosc|obecny|online|paraksts|"
        "parasas|participation|piedalisanas|podpis|potpis|presence|present|presenza|prezenta|pritomnost|reszvetel|"
        "reszvetel modja|semnatura|signature|signature presence|signed|teilnahme|tilstede|ucast|udzial|underskrift|"
        "unterschrift|υπογραφη"
    ),
}
#: What may stand around it: “Name of the participant”, “Naam deelnemer”.
FILLERS = (
    "asistente|attendee|da|dalibnieka|de|deelnemer|deelnemers|del|della|deltagerens|der|des|di|do|du|erdekelti|"
    "het|of|participant|participante|participants|participantului|person|represented|reprezentowana|resztvevo|"
    "resztvevok|teilnehmer|the|ucastnicky|ucastnika|uczestniczki|uczestnika|van|your|zastupovana"
)
#: The usual stakeholder kinds, by the code a network may use for them.
KINDS: dict[str, str] = {
    "civil_servants": (
        "ambtenaar|ambtenaren|ayuntamiento|beamte|city|city staff|civil servant|civil servants|embedsmaend|"
        "embedsmand|fonctionnaire|funcionario|funcionario municipal|funcionarios|functionar|functionari|"
        "functionari publici|gemeente|hivatal|ierednis|kommunalt ansat|kommune|koztisztviselo|koztisztviselok|mairie|"
        "municipality|onkormanyzat|pasvaldiba|pasvaldibas darbinieks|primaria|primarie|public|samosprava|stad|"
        "uradnik|urzad miasta|urzednicy|urzednik|zamestnanec mesta"
    ),
    "change_maker_ngos": (
        "alapitvany|asociacion|asociatie|association|biedriba|change maker ngo|change-maker ngo|charity|"
        "civil szervezet|egyesulet|fond|forening|foundation|fundacion|fundacja|fundatie|mimovladna organizacia|mvo|"
        "nadacia|ngo|ngos|nodibinajums|nvo|obcianske zdruzenie|ong|organizacja pozarzadowa|stichting|stowarzyszenie|"
        "vereniging|vzw"
    ),
    "platforms": (
        "adviesraad|advisory council|consiliu|council|halozat|netvaerk|network|padome|plataforma|plateforme|platform|"
        "platforma|platforme|platforms|platformy|raad|raad van advies|rada|tanacs"
    ),
    "citizen_groups": (
        "beboer|bewoner|bewoners|borger|borgere|burger|burgergroep|cetatean|cetateni|citizen|citizen group|"
        "citizen groups|citizens|citoyen|ciudadania|ciudadano|habitant|iedzivotaji|iedzivotajs|inwoner|inwoners|"
        "lakos|lakossag|locuitor|mieszkancy|mieszkaniec|obcan|obcania|obyvatel|polgar|resident|residents|"
        "residents group|vecino|vecinos"
    ),
}
#: Words that mean “was there online”: beginnings or parts.
ONLINE = (
    "attalinat|digit|en ligne|en linea|la distan|na dialku|online|remote|tavoll|tavreszv|teams|tiessaist|virtu|"
    "zdaln|zoom"
)
