import type { KeyKind } from './personal-kind.ts'

/**
 * Endings of field names in snake_case, without figures at the end, in English, German, French, Spanish, Italian,
 * Portuguese, Dutch, Polish and the Nordic languages; `phone_number` also stands for `phonenumber`.
 */
export const ENDINGS: Readonly<Record<KeyKind, string>> = {
  email:
    'email e_mail mail_address email_address email_addr email_hash email_md email_sha mailto correo correo_electronico courriel ' +
    'adresse_mail adresse_email email_adresse mail_adresse e_post epost adres_email indirizzo_email reply_to',
  phone:
    'phone phone_number phone_no telephone telephone_number tel mobile mobile_number mobile_phone cell cell_phone cell_number ' +
    'cellphone msisdn fax fax_number whatsapp whatsapp_number callback_number sms_number telefon telefonnummer handynummer ' +
    'mobilnummer rufnummer rueckrufnummer mobiltelefon telefono numero_telefono numero_de_telefono movil celular telefone ' +
    'telemovel numero_de_telephone numero_telephone cellulare telefoonnummer telefoon mobiel numer_telefonu nr_telefonu ' +
    'komorka puhelin puhelinnumero',
  card:
    'card card_number card_no card_num credit_card creditcard credit_card_number debit_card debit_card_number cc cc_number ' +
    'cc_num ccnum pan cardnumber payment_card kartennummer kreditkarte kreditkartennummer numero_tarjeta numero_de_tarjeta ' +
    'tarjeta_credito tarjeta_de_credito carte_bancaire numero_carte numero_de_carte carta_di_credito numero_carta ' +
    'numero_do_cartao cartao_de_credito creditcardnummer numer_karty kortnummer',
  iban:
    'iban iban_number bank_account bank_account_number account_number account_no acct_number routing_number sort_code ' +
    'bank_iban payout_account account_iban kontonummer bankverbindung bankkonto cuenta_bancaria numero_de_cuenta ' +
    'compte_bancaire conto_corrente conto_bancario conta_bancaria rekeningnummer numer_konta bankkontonummer',
  ip:
    'ip ip_address ip_addr ipaddress ipv ipv_address remote_addr remote_address remote_ip client_ip x_forwarded_for ' +
    'forwarded_for x_real_ip cf_connecting_ip ip_adresse adresse_ip direccion_ip',
  token:
    'token jwt secret client_secret api_key apikey access_key access_key_id secret_key private_key signing_key ' +
    'encryption_key auth_key service_key license_key api_secret app_secret write_key writekey authorization bearer ' +
    'auth credential credentials cookie cookies set_cookie signature otp one_time_code one_time_password verification_code ' +
    'auth_code mfa_code recovery_code backup_code session_cookie webhook_url connection_string',
  password:
    'password passwd pwd passphrase passcode pass_word pin pin_code user_password user_pass db_pass cvv cvc security_code ' +
    'passwort kennwort contrasena clave_de_acceso mot_de_passe motdepasse wachtwoord senha palavra_passe haslo losenord ' +
    'adgangskode passord salasana',
  name:
    'first_name last_name full_name middle_name maiden_name family_name given_name fore_name surname forename firstname ' +
    'lastname fullname f_name l_name legal_name real_name customer_name recipient_name receiver_name sender_name contact_name person_name ' +
    'people_name addressee consignee user_name username login_name billing_name shipping_name delivery_name client_name ' +
    'guest_name patient_name employee_name driver_name passenger_name traveler_name traveller_name subscriber_name ' +
    'buyer_name seller_name student_name member_name owner_name author_name holder_name cardholder cardholder_name ' +
    'card_holder card_holder_name name_on_card account_holder account_holder_name beneficiary beneficiary_name payee_name ' +
    'payer_name nickname nick_name screen_name signed_by attn salutation_name mothers_maiden_name ' +
    'vorname nachname familienname kundenname vollstandiger_name empfanger empfangername kontoinhaber karteninhaber ' +
    'ansprechpartner ansprechpartnerin rufname geburtsname ' +
    'prenom nom_de_famille nom_complet nom_client nom_du_client destinataire titulaire ' +
    'apellido apellidos primer_apellido segundo_apellido nombre_completo nombre_cliente nombre_y_apellidos destinatario titular ' +
    'cognome nome_completo nome_cliente nome_e_cognome intestatario voornaam achternaam volledige_naam klantnaam ' +
    'sobrenome primeiro_nome ultimo_nome nome_do_cliente imie nazwisko imie_i_nazwisko fornamn efternamn fornavn etternavn ' +
    'efternavn etunimi sukunimi',
  address:
    'address street street_name street_address street_number street_line address_line address_street home_address ' +
    'addr house_number house_no zip zip_code zipcode postal_code postcode post_code postalcode full_address ' +
    'strasse strassenname hausnummer adresse anschrift lieferadresse rechnungsadresse lieferanschrift rechnungsanschrift ' +
    'versandadresse wohnadresse strasse_und_hausnummer rue numero_de_rue adresse_de_livraison adresse_postale ' +
    'calle direccion domicilio direccion_de_envio indirizzo via_e_numero rua endereco morada logradouro ' +
    'adres straat straatnaam huisnummer bezorgadres ulica numer_domu gata gatuadress leveransadress vejnavn gateadresse ' +
    'katuosoite osoite plz postleitzahl codigo_postal code_postal codice_postale kod_pocztowy postnummer',
  birth_date:
    'dob birth_date birthdate birthday birth_day birth date_of_birth day_of_birth birth_year year_of_birth born born_on ' +
    'bday geburtsdatum geburtstag geburtsjahr geboren geboren_am fecha_de_nacimiento fecha_nacimiento nacimiento cumpleanos ' +
    'date_de_naissance date_naissance naissance anniversaire data_di_nascita data_nascita data_de_nascimento ' +
    'data_nascimento nascimento geboortedatum data_urodzenia fodelsedatum fodselsdato syntymaaika',
  national_id:
    'ssn social_security social_security_number social_security_no national_id national_identity national_id_number ' +
    'national_identification_number national_number nationalid passport passport_number passport_no passport_or_id tax_id ' +
    'taxid tax_number tax_no tax_ssn taxpayer_id vat_id nif nie dni cpf cnpj pesel nino nhs_number nhs_no national_insurance ' +
    'national_insurance_number ni_number personnummer identity_number identity_card identity_document identification_number ' +
    'id_number id_no id_card id_card_number id_document citizen_id civil_id aadhaar aadhar personal_code personal_number ' +
    'personal_id personal_id_number personal_identity_number driver_license drivers_license driving_licence driving_license ' +
    'driver_licence license_plate licence_plate number_plate codice_fiscale insurance_number health_insurance_number ' +
    'medicare_number steuernummer steuer_id steueridentifikationsnummer identifikationsnummer sozialversicherungsnummer ' +
    'versicherungsnummer ausweisnummer personalausweis personalausweisnummer reisepass reisepassnummer fuhrerschein ' +
    'fuhrerscheinnummer kennzeichen ahv ahv_nummer svnr numero_fiscal numero_de_securite_sociale numero_securite_sociale ' +
    'carte_identite carte_d_identite numero_de_passeport passeport pasaporte documento_identidad documento_de_identidad ' +
    'numero_de_identificacion numero_identificacion numero_de_documento cedula curp rut cuil cuit ' +
    'carta_identita carta_d_identita passaporto tessera_sanitaria numero_de_contribuinte cartao_de_cidadao ' +
    'bsn burgerservicenummer rijksregisternummer numer_pesel dowod_osobisty nip henkilotunnus hetu isikukood fodselsnummer ' +
    'cpr cpr_nummer rodne_cislo cnp egn oib tckn tc_kimlik_no resident_id resident_registration_number my_number nric ppsn ' +
    'pps_number afm amka tfn itin snils',
  user_id:
    'user_id userid uid customer_id client_user_id member_id account_user_id employee_id person_id distinct_id contact_id',
  anonymous_id:
    'anonymous_id anonymousid anon_id visitor_id previous_id previousid advertising_id idfa idfv gaid imei',
}

/** Names that say it only when they stand alone: `mail`, but not `direct_mail`. */
export const WHOLE: Readonly<Partial<Record<KeyKind, string>>> = {
  email: 'mail mails',
  phone: 'handy mobil gsm portable fon',
  password: 'pass pw',
  national_id: 'sin tin nir inn nit rfc ein',
}

/** Compounds of German, Dutch and their like: `kundentelefonnummer`, `facturatieadres`. */
export const SUFFIXES: readonly (readonly [suffix: RegExp, kind: KeyKind])[] = [
  [/.(?:email|mailadress?e?)$/, 'email'],
  [/.(?:adress?e?n?|anschrift|strasse)$/, 'address'],
  [/.(?:telefon|telefoon|handy|mobil)(?:nummer|nr)?$/, 'phone'],
  [/.(?:password|passwd|pwd|passwort|kennwort|wachtwoord)$/, 'password'],
  [/.(?:vorname|nachname|familienname|voornaam|achternaam)$/, 'name'],
  [/.(?:geburtsdatum|geboortedatum)$/, 'birth_date'],
]

/** Objects that describe a person: their `name` is one. */
export const PERSON =
  /^(?:user|customer|person|people|recipient|receiver|sender|shipping|billing|delivery|contact|author|traits|guest|patient|employee|member|owner|profile|buyer|seller|cardholder|holder|payer|payee|passenger|traveler|traveller|subscriber|applicant|student|reviewer|driver|beneficiary|addressee|consignee|kunde|kundin|empfanger|besteller|client|destinataire|cliente|destinatario|usuario|comprador|titular|utente|utilisateur|usager|klant|ontvanger|klient|odbiorca|kund|mottagare|kunden)s?$/

/** `name` in other languages: a person's only inside an object that is one. */
export const NAME = /^(?:display_?)?(?:name|nombre|nome|nom|naam|namn|navn|nimi)$/i

/** Inside `address: { … }` and its like these say nothing about a person. */
export const IMPERSONAL =
  /^(?:country|country_?code|city|state|region|province|type|kind|currency|verified|status|method|provider|brand|scheme)$/i
